import Upstreams

/// Takes an answer of JSON whole.
final class ChatBody: ChatReader {
    private let expected: Int
    private let parser = JSONParser()
    private var status = 0
    private var body: [UInt8] = []
    /// What came, once the ending is `whole`.
    private(set) var document: JSONDocument?

    private static let maxBytes = 16 << 20

    /// - Parameter expected: the status of success.
    init(expected: Int) { self.expected = expected }

    func head(_ head: AnswerHead) -> ChatEnding? {
        status = head.status
        return nil
    }

    func bytes(_ bytes: RawSpan) -> ChatEnding? {
        unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
        return body.count > Self.maxBytes ? .failed("What answered is too long.") : nil
    }

    func end() -> ChatEnding {
        guard status == expected else { return ChatFailure.ending(status: status, body: body, parser) }
        document = unsafe try? parser.parse(body.span.bytes)
        return document == nil ? .failed("What answered is not JSON.") : .whole
    }

    var hasBegun: Bool { status == expected }
}
