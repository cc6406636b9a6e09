import Upstreams

/// Writes an answer as statuses: `processing` at once, `streaming` with each piece of text, then `completed` with the
/// whole of it, or `error`.
///
/// Holds the text of the answer, up to a bound.
final class QuestionEncoder: AnswerEncoder {
    let start = StreamStart.atOnce
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

    func begin(to output: inout EventWriter) { output.event("{\"status\": \"processing\"}") }

    func event(_ payload: RawSpan, to output: inout EventWriter) {
        AnswerText.read(payload, parser) { text in
            send("{\"status\": \"streaming\", \"chunk\": ", text, to: &output)
            if answer.count + text.byteCount <= maxBytes { answer.append(text) } else { isTooLarge = true }
        }
    }

    func end(to output: inout EventWriter) throws(APIError) {
        if isTooLarge { throw .answerTooLarge(limit: maxBytes) }
        let whole = exchange(&answer, with: ByteBuffer())
        whole.withBytes { send("{\"status\": \"completed\", \"chunk\": ", $0, to: &output) }
    }

    func fail(_ error: APIError, provider: [UInt8]?, to output: inout EventWriter) {
        ByteBuffer(Array(error.message.utf8)).withBytes {
            send("{\"status\": \"error\", \"message\": ", $0, to: &output)
        }
    }

    private func send(_ opening: StaticString, _ text: RawSpan, to output: inout EventWriter) {
        status.append(opening)
        status.appendJSONString(utf8: text)
        status.append("}")
        status.withBytes { output.event($0) }
        status.removeAll()
    }
}

extension APIError {
    fileprivate static func answerTooLarge(limit: Int) -> APIError {
        var error = APIError(
            .internalServerError, type: "server_error", code: "answer_too_large",
            "The answer is longer than the \(limit) bytes that are kept of one.")
        error.source = .gateway
        return error
    }
}
