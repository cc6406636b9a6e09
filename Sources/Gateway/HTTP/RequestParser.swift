import Upstreams

/// Reads the heads of the requests on one connection, strictly (RFC 9112 sections 2 to 5).
///
/// Owns only its place in the connection's input, which the caller keeps from the first byte of a head to the last:
/// each call is shown the same bytes and what came after them, and none is looked at twice. Never reads a body.
/// After an error the connection closes; the parser is not used again.
struct RequestParser {
    /// What to do after a call.
    enum Step: Equatable {
        /// The head is not complete; come back with more bytes behind the same ones.
        case needMore
        /// The head is complete and takes up this many bytes, to be dropped before the next call.
        case head(consumed: Int)
    }

    /// Legal transitions: `requestLine` → `fields` → `requestLine` of the next request.
    private enum Phase { case requestLine, fields }

    private let maxHeadBytes: Int
    private let maxFields: Int
    private var phase = Phase.requestLine
    /// Offset of the head, behind the empty lines that are tolerated before it.
    private var start = 0
    private var lineStart = 0
    /// No line feed is left before this offset.
    private var scanned = 0
    private var facts = ConnectionFacts(minorVersion: 1)

    /// - Parameters:
    ///   - maxHeadBytes: from the method to the empty line; more is 414 in the first line, else 431.
    ///   - maxFields: field lines of one head; more is 431.
    init(maxHeadBytes: Int, maxFields: Int = 100) {
        precondition(maxHeadBytes > 0 && maxFields > 0, "a bound is positive")
        self.maxHeadBytes = maxHeadBytes
        self.maxFields = maxFields
    }

    /// True from the first byte of a head until its last: a peer that closes or stalls now has cut a request.
    var isInsideHead: Bool { phase == .fields || scanned > start }

    /// Goes on reading the head at the front of `bytes`. `head` is valid once the step says so.
    mutating func parse(_ bytes: RawSpan, into head: inout RequestHead) throws(HTTPParseError) -> Step {
        while true {
            if phase == .requestLine { try checkFirstByte(bytes) }
            guard let lineFeed = bytes.firstOffset(of: HTTPSyntax.lineFeed, in: scanned..<bytes.byteCount) else {
                scanned = bytes.byteCount
                if scanned - start >= maxHeadBytes { throw headTooLong() }
                return .needMore
            }
            if lineFeed + 1 - start > maxHeadBytes { throw headTooLong() }
            guard lineFeed > lineStart, bytes.byte(at: lineFeed - 1) == HTTPSyntax.carriageReturn else {
                throw .malformed("a line ends without a carriage return")
            }
            let line = lineStart..<lineFeed - 1
            lineStart = lineFeed + 1
            scanned = lineStart
            if try finishes(line, bytes, &head) { return .head(consumed: lineFeed + 1) }
        }
    }

    /// Takes one line without its end; true when it was the empty line after the fields.
    private mutating func finishes(
        _ line: Range<Int>, _ bytes: RawSpan, _ head: inout RequestHead
    ) throws(HTTPParseError) -> Bool {
        switch phase {
        case .requestLine where line.isEmpty:
            // A client may end the body before with a line end of its own (RFC 9112 section 2.2), but not for ever.
            guard lineStart <= 4 else { throw .malformed("empty lines stand before the request line") }
            start = lineStart
        case .requestLine:
            try readRequestLine(line, bytes, &head)
            phase = .fields
        case .fields where line.isEmpty:
            head.take(bytes.extracting(0..<lineStart))
            try facts.conclude(into: &head)
            (phase, start, lineStart, scanned) = (.requestLine, 0, 0, 0)
            return true
        case .fields:
            try readField(line, bytes, &head)
        }
        return false
    }

    /// Refuses at once what can never become a request, rather than wait for the end of its line.
    private func checkFirstByte(_ bytes: RawSpan) throws(HTTPParseError) {
        guard lineStart < bytes.byteCount else { return }
        let byte = bytes.byte(at: lineStart)
        guard byte != 0x16 else { throw .malformed("this port speaks plain HTTP, not TLS") }
        guard HTTPSyntax.isToken(byte) || byte == HTTPSyntax.carriageReturn || byte == HTTPSyntax.lineFeed else {
            throw .malformed("a request does not begin with a method")
        }
    }

    private func headTooLong() -> HTTPParseError {
        switch phase {
        case .requestLine: HTTPParseError(.uriTooLong, "the request line is longer than \(maxHeadBytes) bytes")
        case .fields: HTTPParseError(.fieldsTooLarge, "the request head is longer than \(maxHeadBytes) bytes")
        }
    }

    // MARK: Lines

    private mutating func readRequestLine(
        _ line: Range<Int>, _ bytes: RawSpan, _ head: inout RequestHead
    ) throws(HTTPParseError) {
        head.removeAll(keepingCapacity: true)
        let methodEnd = line.first { !HTTPSyntax.isToken(bytes.byte(at: $0)) } ?? line.upperBound
        guard methodEnd > line.lowerBound, methodEnd < line.upperBound,
            bytes.byte(at: methodEnd) == HTTPSyntax.space
        else { throw .malformed("the method is not a token followed by one space") }
        let versionStart = line.upperBound - 8
        guard versionStart > methodEnd + 1, bytes.byte(at: versionStart - 1) == HTTPSyntax.space else {
            throw .malformed("the request line does not end with a space and an HTTP version")
        }
        head.minorVersion = try Self.minorVersion(bytes, in: versionStart..<line.upperBound)
        head.methodName = line.lowerBound..<methodEnd
        head.method = HTTPMethod(bytes, in: head.methodName)
        head.target = try RequestTarget(bytes, in: methodEnd + 1..<versionStart - 1, method: head.method)
        facts = ConnectionFacts(minorVersion: head.minorVersion)
    }

    private static func minorVersion(_ bytes: RawSpan, in range: Range<Int>) throws(HTTPParseError) -> Int {
        if bytes.equals("HTTP/1.1", in: range) { return 1 }
        if bytes.equals("HTTP/1.0", in: range) { return 0 }
        let major = range.lowerBound + 5
        guard bytes.equals("HTTP/", in: range.lowerBound..<major), HTTPSyntax.isDigit(bytes.byte(at: major)),
            bytes.byte(at: major + 1) == UInt8(ascii: "."), HTTPSyntax.isDigit(bytes.byte(at: major + 2))
        else { throw .malformed("the request line does not end with a space and an HTTP version") }
        throw HTTPParseError(.versionNotSupported, "only HTTP/1.1 and HTTP/1.0 are understood here")
    }

    private mutating func readField(
        _ line: Range<Int>, _ bytes: RawSpan, _ head: inout RequestHead
    ) throws(HTTPParseError) {
        guard head.fields.count < maxFields else {
            throw HTTPParseError(.fieldsTooLarge, "the request has more than \(maxFields) fields")
        }
        let (name, value) = try FieldLine.split(bytes, in: line)
        head.append(RequestHead.Field(name: name, value: value))
        try facts.note(bytes, name: name, value: value)
    }
}
