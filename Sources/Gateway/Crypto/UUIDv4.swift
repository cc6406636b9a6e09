/// Random universally unique identifiers (RFC 9562 section 5.4).
package enum UUIDv4 {
    /// A new one in lower case, such as `919108f7-52d1-4320-9bac-f847db4148a8`: 122 bits of it cannot be guessed.
    package static func make() -> String {
        var bytes = RandomBytes.make(16)
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let digits = Hexadecimal.encode(bytes)
        var text = ""
        text.reserveCapacity(36)
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
