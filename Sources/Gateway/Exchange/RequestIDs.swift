import Upstreams

/// Makes the ids of requests that bring none: `req_` and 32 hexadecimal digits, of which the first 20 are random to the
/// worker and the rest count, so that an id costs no random number.
struct RequestIDs {
    private let prefix: String
    private var count = 0

    /// The client's own id, if it is 1 to 128 visible ASCII characters (API page).
    static func accepted(_ head: RequestHead) -> String? {
        guard let id = head.value(of: "x-request-id"), 1...128 ~= id.utf8.count else { return nil }
        return id.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? id : nil
    }

    init() { prefix = "req_" + RandomBytes.hexadecimal(10) }

    mutating func next() -> String {
        count += 1
        let digits = String(count, radix: 16)
        return prefix + String(repeating: "0", count: max(0, 12 - digits.utf8.count)) + digits
    }
}
