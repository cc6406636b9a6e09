import Policies
import Upstreams

/// How a key that one provider is shown is at one moment. Tells no key: its last four characters at most.
struct KeyCondition: Sendable {
    /// Nil: none is shown, or it is too short to tell a part of it.
    let suffix: String?
    /// Nil: it may be shown.
    let rest: KeyRotation.Rest?

    /// Of which four characters tell nothing that helps.
    private static let shortest = 16

    init(_ key: Secret?, rest: KeyRotation.Rest?) {
        suffix = key.flatMap { $0.exposed.count < Self.shortest ? nil : String($0.exposed.suffix(4)) }
        self.rest = rest
    }

    func write(to writer: inout JSONWriter, _ clock: MomentInTime) {
        writer.member("key", suffix)
        writer.member("state", rest == nil ? "ready" : "resting")
        writer.member("until", rest.map { clock.seconds($0.until) })
        writer.member("asked", rest?.isAsked ?? false)
    }
}
