/// Which characters a string may be made of.
enum TextPattern: Sendable {
    /// `^[a-zA-Z0-9_-]+$`
    case functionName
    /// `^[^\s<|\\/>]+$`
    case participantName
    /// `^[0-9]+$`
    case tokenID
    /// A web address, or the data itself as a `data:` address.
    case link

    /// What an error says would be right.
    var meaning: String {
        switch self {
        case .functionName: "letters, digits, '_' and '-' only (^[a-zA-Z0-9_-]+$)"
        case .participantName: "no white space and none of < | \\ / > (^[^\\s<|\\\\/>]+$)"
        case .tokenID: "the number of a token, in digits only"
        case .link: "an address that begins with 'https://', 'http://' or 'data:'"
        }
    }

    func fits(_ text: Span<UInt8>) -> Bool {
        switch self {
        case .functionName: all(text) { Self.isNameByte($0) }
        case .participantName: all(text) { !Self.isBarredFromNames($0) }
        case .tokenID: all(text) { Self.isDigit($0) }
        case .link: Self.schemes.contains { Self.begins(text, with: $0) }
        }
    }

    private static let schemes = ["https://", "http://", "data:"].map { Array($0.utf8) }

    private func all(_ text: Span<UInt8>, _ isRight: (UInt8) -> Bool) -> Bool {
        for i in 0..<text.count where !isRight(text[i]) { return false }
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")) || isDigit(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private static func isBarredFromNames(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09...0x0D, UInt8(ascii: " "), UInt8(ascii: "<"), UInt8(ascii: "|"), UInt8(ascii: "\\"),
            UInt8(ascii: "/"), UInt8(ascii: ">"):
            true
        default: false
        }
    }

    /// Schemes are told apart without regard to case (RFC 3986 section 3.1).
    private static func begins(_ text: Span<UInt8>, with scheme: [UInt8]) -> Bool {
        guard text.count > scheme.count else { return false }
        for i in scheme.indices {
            let byte = text[i]
            let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
            if (isUpper ? byte | 0x20 : byte) != scheme[i] { return false }
        }
        return true
    }
}
