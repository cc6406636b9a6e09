extension ConfigType<[UInt8]> {
    /// A SHA-256 in 64 hexadecimal digits. Errors never show the text, since it might be the key itself.
    static var sha256: Self {
        parsed(
            "a SHA-256 in 64 hexadecimal digits", pattern: "^[0-9A-Fa-f]{64}$", isDiscreet: true, placeholder: []
        ) { text in
            let digits = text.utf8.compactMap(hexDigit)
            guard digits.count == 64, text.utf8.count == 64 else { return nil }
            return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
