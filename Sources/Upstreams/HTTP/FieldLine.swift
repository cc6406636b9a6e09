/// The grammar of one field line (RFC 9112 section 5).
package enum FieldLine {
    /// Splits a line, given without its end, into a name and a value without the blanks around it.
    package static func split(
        _ bytes: RawSpan, in line: Range<Int>
    ) throws(HTTPParseError) -> (name: Range<Int>, value: Range<Int>) {
        var colon = line.lowerBound
        while colon < line.upperBound, HTTPSyntax.isToken(bytes.byte(at: colon)) { colon += 1 }
        guard colon < line.upperBound else { throw .malformed("a field line has no colon") }
        guard bytes.byte(at: colon) == UInt8(ascii: ":") else {
            throw .malformed(complaint(about: bytes.byte(at: colon), isFirst: colon == line.lowerBound))
        }
        guard colon > line.lowerBound else { throw .malformed("a field has no name") }
        let value = bytes.trimmingBlanks(in: colon + 1..<line.upperBound)
        guard !bytes.containsControl(in: value) else {
            throw .malformed("a field value holds a control character")
        }
        return (line.lowerBound..<colon, value)
    }

    private static func complaint(about byte: UInt8, isFirst: Bool) -> String {
        guard HTTPSyntax.isBlank(byte) else { return "a field name holds a character that is not allowed" }
        return isFirst ? "a field is folded over several lines" : "a blank stands before the colon of a field"
    }
}
