/// A provider's answer to one call, turned into the canonical form: a pure state machine without clock and transport.
///
/// It judges content alone. Sizes, times and cuts of the connection are `ProviderCall`'s. What it emits is JSON of a
/// `chat.completion.chunk` (for an event) or of a `chat.completion` (for a whole answer), valid during the call only.
protocol ProviderDecoder: ~Copyable {
    typealias Emit = (_ payload: RawSpan, _ facts: ChatChunkFacts) -> Void

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
    func head(_ head: AnswerHead) -> AnswerHead { head }
    func refusal(_ answer: UpstreamError.Answer) -> UpstreamError.Answer { answer }
    mutating func rest(_ data: RawSpan, _ emit: Emit) throws(UpstreamError) { try event(data, emit) }
}
