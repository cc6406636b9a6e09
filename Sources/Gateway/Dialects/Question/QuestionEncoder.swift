import Upstreams

/// Writes an answer as the events of `QuestionStatuses`.
final class QuestionEncoder: AnswerEncoder {
    let start = StreamStart.atOnce
    private let statuses: QuestionStatuses

    /// - Parameter maxBytes: the longest answer, in bytes of UTF-8.
    init(_ parser: JSONParser, maxBytes: Int) { statuses = QuestionStatuses(parser, maxBytes: maxBytes) }

    func begin(to output: inout EventWriter) { statuses.begin { output.event($0) } }

    func event(_ payload: RawSpan, to output: inout EventWriter) { statuses.event(payload) { output.event($0) } }

    func end(to output: inout EventWriter) throws(APIError) { try statuses.end { output.event($0) } }

    func fail(_ error: APIError, provider: [UInt8]?, to output: inout EventWriter) {
        statuses.fail(error) { output.event($0) }
    }
}
