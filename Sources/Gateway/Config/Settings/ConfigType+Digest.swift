extension ConfigType<[UInt8]> {
    /// A SHA-256 in 64 hexadecimal digits. Errors never show the text, since it might be the key itself.
    static var sha256: Self {
        parsed(
            "a SHA-256 in 64 hexadecimal digits", pattern: "^[0-9A-Fa-f]{64}$", isDiscreet: true, placeholder: []
        ) { text in
            text.utf8.count == 64 ? Hexadecimal.decode(text) : nil
        }
    }
}
