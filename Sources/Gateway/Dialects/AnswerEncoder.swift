import Upstreams

/// Writes the answer to one request in the form of its dialect.
///
/// Gets the canonical events of the answer in order, after whatever guards and paces them, then either `end` or `fail`,
/// once. Writes nothing outside of these calls.
protocol AnswerEncoder: AnyObject {
    /// The lines of a stream's head that belong to the form.
    var streamFields: StaticString { get }
    /// When a stream's head goes out.
    var start: StreamStart { get }
    /// Whether a stream that fails ends without HTTP's last chunk, since the form has no way to tell an error.
    var breaksOff: Bool { get }

    /// The head has gone out, before the upstream has said anything (`StreamStart.atOnce` only).
    func begin(to output: inout EventWriter)
    /// One `chat.completion.chunk`, valid during the call only.
    func event(_ payload: RawSpan, to output: inout EventWriter)
    /// The client has heard nothing for long.
    func keepAlive(to output: inout EventWriter)
    /// The answer is whole: its success marker. Throws if the form cannot say that.
    func end(to output: inout EventWriter) throws(APIError)
    /// The stream has begun and ends here. `provider`: the error as the provider told it.
    func fail(_ error: APIError, provider: [UInt8]?, to output: inout EventWriter)

    /// The body of a whole answer, made of a `chat.completion`.
    func whole(_ answer: RawSpan, _ send: (RawSpan) -> Void)
    /// What a client is told of a failure before the first byte; nil: what the provider said, else the gateway's words.
    func refusal(for error: UpstreamError) -> APIError?
}

/// When the head of a stream goes out. Until then a failure is told by a status.
enum StreamStart {
    /// As soon as the policies have let the request in.
    case atOnce
    /// With the first event of the upstream.
    case atFirstEvent
    /// With the first byte that the encoder writes.
    case atFirstByte
}

extension AnswerEncoder {
    var streamFields: StaticString { "content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n" }
    var start: StreamStart { .atFirstEvent }
    var breaksOff: Bool { false }
    func begin(to output: inout EventWriter) {}
    func keepAlive(to output: inout EventWriter) { output.comment("keep-alive") }
    func whole(_ answer: RawSpan, _ send: (RawSpan) -> Void) { send(answer) }
    func refusal(for error: UpstreamError) -> APIError? { nil }
}
