import Upstreams

/// One answer as statuses of the question dialect: `processing` at once, `streaming` with each piece of text, then
/// `completed` with the whole of it, or `error`. Each is JSON, handed out for the time of the call.
///
/// Holds the text of the answer, up to a bound.
final class QuestionStatuses {
    private let parser: JSONParser
    private let maxBytes: Int
    private var answer = ByteBuffer()
    private var isTooLarge = false
    private var status = ByteBuffer()

    /// - Parameter maxBytes: the longest answer, in bytes of UTF-8.
    init(_ parser: JSONParser, maxBytes: Int) {
        self.parser = parser
        self.maxBytes = maxBytes
    }

    func begin(_ add: (RawSpan) -> Void) {
        status.append("{\"status\": \"processing\"}")
        give(add)
    }

    /// One `chat.completion.chunk`.
    func event(_ payload: RawSpan, _ add: (RawSpan) -> Void) {
        AnswerText.read(payload, parser) { text in
            say("{\"status\": \"streaming\", \"chunk\": ", text, add)
            if answer.count + text.byteCount <= maxBytes { answer.append(text) } else { isTooLarge = true }
        }
    }

    /// The answer is whole. Throws if it was too long to be told as a whole.
    func end(_ add: (RawSpan) -> Void) throws(APIError) {
        if isTooLarge { throw .answerTooLarge(limit: maxBytes) }
        let whole = exchange(&answer, with: ByteBuffer())
        whole.withBytes { say("{\"status\": \"completed\", \"chunk\": ", $0, add) }
    }

    func fail(_ error: APIError, _ add: (RawSpan) -> Void) {
        ByteBuffer(Array(error.message.utf8)).withBytes { say("{\"status\": \"error\", \"message\": ", $0, add) }
    }

    private func say(_ opening: StaticString, _ text: RawSpan, _ add: (RawSpan) -> Void) {
        status.append(opening)
        status.appendJSONString(utf8: text)
        status.append("}")
        give(add)
    }

    private func give(_ add: (RawSpan) -> Void) {
        status.withBytes { add($0) }
        status.removeAll()
    }
}
