/// Cuts a body of text into pieces of whole characters, however its bytes come.
struct TextPieces {
    /// The beginning of a character whose rest has not come.
    private var rest: [UInt8] = []

    /// The text up to the last whole character.
    mutating func take(_ bytes: [UInt8]) -> String {
        rest += bytes
        let whole = rest.count - Self.unfinished(rest)
        defer { rest.removeFirst(whole) }
        return String(decoding: rest[..<whole], as: UTF8.self)
    }

    /// Bytes at the end that begin a character and do not finish it (RFC 3629 section 3).
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for back in 1...4 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? back : 0
        }
        return 0
    }
}
