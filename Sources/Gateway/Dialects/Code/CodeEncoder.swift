import Upstreams

/// Writes the text of an answer and nothing else.
///
/// The head waits for the first text, so that every failure before it has a status; a failure after it breaks the body
/// off, which is all that plain text can say.
final class CodeEncoder: AnswerEncoder {
    let streamFields: StaticString = "content-type: text/plain; charset=utf-8\r\ncache-control: no-cache\r\n"
    let start = StreamStart.atFirstByte
    let breaksOff = true
    private let parser: JSONParser

    init(_ parser: JSONParser) { self.parser = parser }

    func event(_ payload: RawSpan, to output: inout EventWriter) {
        AnswerText.read(payload, parser) { output.text($0) }
    }

    /// There is nothing that could be said without becoming part of the answer.
    func keepAlive(to output: inout EventWriter) {}

    func end(to output: inout EventWriter) {}

    func fail(_ error: APIError, provider: [UInt8]?, to output: inout EventWriter) {}

    /// 504 for what was too slow, else 500.
    func refusal(for error: UpstreamError) -> APIError? {
        let told = APIError(error)
        guard told.status != .gatewayTimeout else { return told }
        var other = APIError(.internalServerError, type: "server_error", code: told.code, told.message)
        other.source = .upstream
        return other
    }
}
