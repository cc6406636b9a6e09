/// Finds the lines of one input, which end with LF, CR LF or CR.
///
/// Owns offsets only. Remembers where the next CR is, so that an input without any is searched for it once.
struct SSELineScanner {
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    private let count: Int
    private var cursor = 0
    /// Offset of the first CR at or behind the cursor, or `count`; out of date once the cursor has passed it.
    private var nextCarriageReturn: Int
    /// The last byte is a CR, so that an LF which comes next belongs to it.
    private(set) var endsWithCarriageReturn = false

    /// - Parameter skippingLineFeed: the input before this one ended with CR.
    init(_ bytes: RawSpan, skippingLineFeed: Bool) {
        count = bytes.byteCount
        nextCarriageReturn = bytes.firstOffset(of: Self.carriageReturn, in: 0..<count) ?? count
        if skippingLineFeed, count > 0, bytes.byte(at: 0) == Self.lineFeed { cursor = 1 }
    }

    /// What is behind the last line end.
    var rest: Range<Int> { cursor..<count }

    /// The next whole line, without its end.
    @inline(__always)
    mutating func next(in bytes: RawSpan) -> Range<Int>? {
        if nextCarriageReturn < cursor {
            nextCarriageReturn = bytes.firstOffset(of: Self.carriageReturn, in: cursor..<count) ?? count
        }
        let end = bytes.firstOffset(of: Self.lineFeed, in: cursor..<nextCarriageReturn) ?? nextCarriageReturn
        guard end < count else { return nil }
        let line = cursor..<end
        cursor = end + 1
        if end == nextCarriageReturn {
            endsWithCarriageReturn = cursor == count
            if cursor < count, bytes.byte(at: cursor) == Self.lineFeed { cursor += 1 }
        }
        return line
    }
}
