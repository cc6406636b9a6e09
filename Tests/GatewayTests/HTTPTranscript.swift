import Upstreams

@testable import Gateway

/// What the parser and the decoder read from the input of one connection, written down so that feeding the same
/// bytes in different pieces can be compared. Drives both as a connection would.
struct HTTPTranscript: Equatable {
    /// How the input ended.
    enum Ending: Equatable {
        case betweenRequests
        case insideHead
        case insideBody
        case refused(HTTPParseError)
    }

    private(set) var heads: [RequestHead] = []
    private(set) var bodies: [[UInt8]] = []
    private(set) var ending = Ending.betweenRequests

    private var parser: RequestParser
    private var head = RequestHead()
    private var decoder: BodyDecoder?
    private var input: [UInt8] = []

    /// - Parameter cuts: ascending offsets at which the bytes are fed in separate pieces.
    init(_ bytes: [UInt8], cuts: [Int] = [], maxHeadBytes: Int = 65_536, maxFields: Int = 100) {
        parser = RequestParser(maxHeadBytes: maxHeadBytes, maxFields: maxFields)
        do {
            var start = 0
            for cut in cuts + [bytes.count] {
                input.append(contentsOf: bytes[start..<cut])
                start = cut
                while try advance() {}
            }
            ending = decoder != nil ? .insideBody : parser.isInsideHead ? .insideHead : .betweenRequests
        } catch {
            ending = .refused(error)
        }
    }

    init(_ text: String, cuts: [Int] = [], maxHeadBytes: Int = 65_536, maxFields: Int = 100) {
        self.init(Array(text.utf8), cuts: cuts, maxHeadBytes: maxHeadBytes, maxFields: maxFields)
    }

    /// One call of the parser or the decoder; false when it needs more input.
    private mutating func advance() throws(HTTPParseError) -> Bool {
        guard decoder != nil else { return try readHead() }
        return try readBody()
    }

    private mutating func readHead() throws(HTTPParseError) -> Bool {
        let input = input
        let step = try unsafe parser.parse(input.span.bytes, into: &head)
        guard case .head(let consumed) = step else { return false }
        self.input.removeFirst(consumed)
        heads.append(head)
        bodies.append([])
        decoder = BodyDecoder(head.body)
        return true
    }

    private mutating func readBody() throws(HTTPParseError) -> Bool {
        let input = input
        switch try unsafe decoder?.decode(input.span.bytes, from: 0) {
        case .bytes(let range, let next):
            bodies[bodies.count - 1].append(contentsOf: input[range])
            self.input.removeFirst(next)
            return true
        case .needMore(let next):
            self.input.removeFirst(next)
            return false
        case .end(let next):
            self.input.removeFirst(next)
            decoder = nil
            return true
        case nil:
            return false
        }
    }

    static func == (a: Self, b: Self) -> Bool {
        a.ending == b.ending && a.bodies == b.bodies && a.heads.map(\.summary) == b.heads.map(\.summary)
    }
}

extension RequestHead {
    /// Everything in the head, as text.
    var summary: String {
        var lines = ["\(string(in: methodName)) \(method) \(path) \(string(in: target.query)) \(string(in: host))"]
        lines.append("1.\(minorVersion) \(keepAlive) \(body) \(expectsContinue) \(wantsUpgrade)")
        for field in fields { lines.append("\(string(in: field.name)): \(string(in: field.value))") }
        return lines.joined(separator: "\n")
    }
}
