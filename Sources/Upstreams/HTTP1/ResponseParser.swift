/// Reads the head of one answer, strictly (RFC 9112 sections 2, 4 and 5), and passes over interim ones (1xx).
///
/// Owns only its place in the connection's input, whose unfinished head the caller keeps: each call is shown the same
/// bytes and what came after them, and none is looked at twice. After an error the connection closes.
package struct ResponseParser {
    /// What to do after a call. The caller goes on at `next`; what is before it is done with.
    package enum Step {
        /// The head is not complete; come back with the bytes from `next` on and more behind them.
        case needMore(next: Int)
        case head(AnswerHead, BodyFraming, next: Int)
    }

    /// Bytes of all heads of an answer, interim ones included.
    package static let maxHeadBytes = 64 * 1024

    /// Whether the provider lets the connection carry another call; valid after the head.
    package var keepsConnection: Bool { facts.keepsConnection }

    private var status = 0
    private var facts = FramingFacts(minorVersion: 1)
    /// Bytes of interim heads.
    private var interimBytes = 0
    /// Offsets from the start of the head. Nil: the status line has not been read.
    private var fieldsStart: Int?
    private var lineStart = 0
    /// No line feed is left before this one.
    private var scanned = 0

    package init() {}

    /// Goes on reading the head that begins at `start`.
    package mutating func parse(_ bytes: RawSpan, from start: Int) throws(HTTPParseError) -> Step {
        var start = start
        while true {
            let lineFeed = bytes.firstOffset(of: HTTPSyntax.lineFeed, in: start + scanned..<bytes.byteCount)
            let end = lineFeed.map { $0 + 1 } ?? bytes.byteCount
            guard interimBytes + end - start <= Self.maxHeadBytes else {
                throw HTTPParseError(.fieldsTooLarge, "the answer's head is longer than \(Self.maxHeadBytes) bytes")
            }
            guard let lineFeed else {
                scanned = bytes.byteCount - start
                return .needMore(next: start)
            }
            guard lineFeed > start + lineStart, bytes.byte(at: lineFeed - 1) == HTTPSyntax.carriageReturn else {
                throw .malformed("a line ends without a carriage return")
            }
            let line = start + lineStart..<lineFeed - 1
            lineStart = end - start
            scanned = lineStart
            if let fieldsStart, line.isEmpty {
                if status >= 200 { return try finish(bytes, start + fieldsStart..<line.lowerBound, next: end) }
                interimBytes += end - start
                start = end
                (self.fieldsStart, lineStart, scanned) = (nil, 0, 0)
            } else if fieldsStart != nil {
                try readField(bytes, line)
            } else {
                try readStatusLine(bytes, line)
                fieldsStart = lineStart
            }
        }
    }

    private func finish(_ bytes: RawSpan, _ fields: Range<Int>, next: Int) throws(HTTPParseError) -> Step {
        // A connection whose next message cannot be found would end here; one answer is all that is read of it.
        let given = try facts.framing() ?? .untilClose
        let framing = status == 204 || status == 304 ? BodyFraming.none : given
        let lines = unsafe bytes.extracting(fields).withUnsafeBytes { unsafe Array($0) }
        return .head(AnswerHead(status: status, lines: lines), framing, next: next)
    }

    /// `HTTP/1.x`, a space, three digits, and a reason after another space, which many leave out with the reason.
    private mutating func readStatusLine(_ bytes: RawSpan, _ line: Range<Int>) throws(HTTPParseError) {
        let start = line.lowerBound
        guard line.count >= 12, bytes.equals("HTTP/1.", in: start..<start + 7),
            bytes.byte(at: start + 7) & 0xFE == UInt8(ascii: "0"), bytes.byte(at: start + 8) == HTTPSyntax.space,
            line.count == 12 || bytes.byte(at: start + 12) == HTTPSyntax.space
        else { throw .malformed("an answer does not begin with the status line of HTTP/1.1 or HTTP/1.0") }
        status = 0
        for offset in start + 9..<start + 12 {
            let byte = bytes.byte(at: offset)
            guard HTTPSyntax.isDigit(byte) else { throw .malformed("a status is not three digits") }
            status = status * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard 100..<600 ~= status, status != 101 else { throw .malformed("a status is none that can be used") }
        guard !bytes.containsControl(in: start + 12..<line.upperBound) else {
            throw .malformed("a reason phrase holds a control character")
        }
        facts = FramingFacts(minorVersion: Int(bytes.byte(at: start + 7) & 1))
    }

    private mutating func readField(_ bytes: RawSpan, _ line: Range<Int>) throws(HTTPParseError) {
        let (name, value) = try FieldLine.split(bytes, in: line)
        if name.count == 16, bytes.equals(ignoringCase: "content-encoding", in: name) {
            // Only identity was asked for, and nothing here could read another.
            guard value.isEmpty || bytes.equals(ignoringCase: "identity", in: value) else {
                throw HTTPParseError(.notImplemented, "the answer is compressed, which was not asked for")
            }
        }
        try facts.note(bytes, name: name, value: value)
    }
}
