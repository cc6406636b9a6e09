@testable import Gateway

extension Credentials {
    /// The key in a head, as text.
    static func key(in head: RequestHead) -> String? { range(in: head).map { head.string(in: $0) } }
}
