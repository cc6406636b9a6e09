/// What one line of an event stream says; a range is where its value is.
enum SSEField: Equatable {
    case data(Range<Int>)
    case event(Range<Int>)
    case id(Range<Int>)
    case retry(Range<Int>)
    /// A comment, or a field that the standard does not know.
    case ignored

    /// Reads the line in `range`, which is not empty.
    @inline(__always)
    init(_ bytes: RawSpan, in range: Range<Int>) {
        if range.count >= 5, bytes.equals("data:", in: range.prefix(5)) {
            self = .data(Self.value(bytes, behind: range.lowerBound + 4, in: range))
        } else {
            self = Self.other(bytes, in: range)
        }
    }

    private static func other(_ bytes: RawSpan, in range: Range<Int>) -> Self {
        let colon = bytes.firstOffset(of: UInt8(ascii: ":"), in: range) ?? range.upperBound
        let name = range.lowerBound..<colon
        let value = value(bytes, behind: colon, in: range)
        if bytes.equals("data", in: name) { return .data(value) }
        if bytes.equals("event", in: name) { return .event(value) }
        if bytes.equals("id", in: name) { return .id(value) }
        if bytes.equals("retry", in: name) { return .retry(value) }
        return .ignored
    }

    /// The value behind the colon, without the one space that may follow it.
    @inline(__always)
    private static func value(_ bytes: RawSpan, behind colon: Int, in range: Range<Int>) -> Range<Int> {
        var start = min(colon + 1, range.upperBound)
        if start < range.upperBound, bytes.byte(at: start) == UInt8(ascii: " ") { start += 1 }
        return start..<range.upperBound
    }
}
