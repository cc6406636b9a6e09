/// Ids of tasks: UUIDs of version 4 (RFC 9562), in lower case.
enum TaskID {
    /// Whether a text has the form of one, in any case.
    static func isOne(_ text: String) -> Bool {
        text.utf8.count == 36
            && text.utf8.enumerated().allSatisfy { index, byte in
                switch index {
                case 8, 13, 18, 23: byte == UInt8(ascii: "-")
                default: 48...57 ~= byte || 97...102 ~= byte || 65...70 ~= byte
                }
            }
    }
}
