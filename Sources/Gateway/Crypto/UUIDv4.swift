/// Random universally unique identifiers (RFC 9562 section 5.4).
package enum UUIDv4 {
    /// A new one in lower case, such as `919108f7-52d1-4320-9bac-f847db4148a8`: 122 bits of it cannot be guessed.
    package static func make() -> String {
        var bytes = RandomBytes.make(16)
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        return unsafe String(unsafeUninitializedCapacity: 36) { text in
            var end = 0
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    unsafe text[end] = UInt8(ascii: "-")
                    end += 1
                }
                unsafe text[end] = Hexadecimal.digit(byte >> 4)
                unsafe text[end + 1] = Hexadecimal.digit(byte & 15)
                end += 2
            }
            return end
        }
    }
}
