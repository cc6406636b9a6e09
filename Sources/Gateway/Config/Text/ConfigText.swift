/// The bytes of a configuration file and the name by which errors call it.
package struct ConfigText: Sendable {
    package let file: String
    package let bytes: [UInt8]

    /// The line and column of a byte; an offset past the end means the end.
    package func position(of offset: Int) -> ConfigPosition {
        let before = bytes[..<min(offset, bytes.count)]
        let newline = UInt8(ascii: "\n")
        let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
        let line = before.count { $0 == newline } + 1
        let column = before[lineStart...].count { $0 & 0b1100_0000 != 0b1000_0000 } + 1
        return ConfigPosition(line: line, column: column)
    }
}
