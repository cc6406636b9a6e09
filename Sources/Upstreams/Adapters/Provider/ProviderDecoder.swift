/// A provider's answer to one call, turned into the canonical form: a pure state machine without clock and transport.
///
/// It judges content alone. Sizes, times and cuts of the connection are `ProviderCall`'s. What it emits is JSON of a
/// `chat.completion.chunk` (for an event) or of a `chat.completion` (for a whole answer), valid during the call only.
protocol ProviderDecoder: ~Copyable {
    typealias Emit = (_ payload: RawSpan, _ facts: ChatChunkFacts) -> Void

    /// Whether a stream comes in a framing of the provider's own, which `bytes` takes; else it comes as server-sent
    /// events, which `event` and `rest` take.
    static var framesItself: Bool { get }

    /// Whether an answer with this head is a stream.
    func accepts(_ head: AnswerHead) -> Bool
    /// Takes the next bytes of a stream in the provider's own framing.
    mutating func bytes(_ bytes: RawSpan, _ emit: Emit) throws(UpstreamError)
    /// The head with the provider's own fields about limits and ids under OpenAI's names.
    func head(_ head: AnswerHead) -> AnswerHead
    /// Takes the data of one event of a stream. Throws `malformed` for what is not an event at all.
    mutating func event(_ data: RawSpan, _ emit: Emit) throws(UpstreamError)
    /// Takes the data of a last event that has no blank line behind it.
    mutating func rest(_ data: RawSpan, _ emit: Emit) throws(UpstreamError)
    /// The stream's bytes are over: emits what was kept for the end, and throws unless the provider had ended it.
    mutating func finish(_ emit: Emit) throws(UpstreamError)
    /// Takes an answer that is no stream.
    mutating func whole(_ body: RawSpan, _ emit: Emit) throws(UpstreamError)
    /// A provider's refusal as OpenAI would have put it; one that cannot be read is given back as it is.
    func refusal(_ answer: UpstreamError.Answer) -> UpstreamError.Answer
}

extension ProviderDecoder where Self: ~Copyable {
    static var framesItself: Bool { false }
    func accepts(_ head: AnswerHead) -> Bool { head.isEventStream }
    mutating func bytes(_ bytes: RawSpan, _ emit: Emit) throws(UpstreamError) {
        preconditionFailure("its events are server-sent")
    }
    func head(_ head: AnswerHead) -> AnswerHead { head }
    func refusal(_ answer: UpstreamError.Answer) -> UpstreamError.Answer { answer }
    mutating func rest(_ data: RawSpan, _ emit: Emit) throws(UpstreamError) { try event(data, emit) }
}
