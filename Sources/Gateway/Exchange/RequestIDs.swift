import Upstreams

/// Makes the ids of requests that bring none: `req_` and 32 hexadecimal digits, of which the first 20 are random to the
/// worker and the rest count, so that an id costs no random number.
struct RequestIDs {
    /// The last id; its digits are counted up in place.
    private var text: [UInt8]

    private static let countedDigits = 12

    init() {
        text = Array("req_".utf8) + Array(RandomBytes.hexadecimal(10).utf8)
        text += [UInt8](repeating: UInt8(ascii: "0"), count: Self.countedDigits)
    }

    mutating func next() -> String {
        for place in text.indices.suffix(Self.countedDigits).reversed() {
            switch text[place] {
            case UInt8(ascii: "9"): text[place] = UInt8(ascii: "a")
            case UInt8(ascii: "f"): text[place] = UInt8(ascii: "0")
            default: text[place] += 1
            }
            // Only a digit that starts over carries.
            if text[place] != UInt8(ascii: "0") { break }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The client's own id, if it is 1 to 128 visible ASCII characters (API page).
    static func accepted(_ head: RequestHead) -> String? {
        guard let range = head.range(of: "x-request-id"), 1...128 ~= range.count else { return nil }
        let isVisible = head.withBytes(in: range) { bytes in
            (0..<bytes.byteCount).allSatisfy { bytes.byte(at: $0) > 0x20 && bytes.byte(at: $0) < 0x7F }
        }
        return isVisible ? head.string(in: range) : nil
    }
}
