/// OpenAI's answers, which are the canonical form already: looked at and handed on, byte for byte.
///
/// A stream ends properly with `[DONE]` alone; nothing is taken behind it.
struct OpenAIDecoder: ProviderDecoder {
    let parser: JSONParser
    private let operation: ModelOperation
    private var isDone = false

    init(parser: JSONParser, operation: ModelOperation = .chat) {
        self.parser = parser
        self.operation = operation
    }

    mutating func event(_ data: RawSpan, _ emit: Emit) throws(UpstreamError) {
        guard !isDone else { return }
        if data.equals("[DONE]") {
            isDone = true
            return
        }
        let facts: ChatChunkFacts
        do {
            facts = try parser.chunkFacts(data)
        } catch {
            throw UpstreamError(.malformed, "The provider sent an event that is not JSON.")
        }
        guard facts.isObject else {
            throw UpstreamError(.malformed, "The provider sent an event that is not a JSON object.")
        }
        if facts.hasError {
            var body = ByteBuffer()
            body.append(data)
            let answer = UpstreamError.Answer(head: AnswerHead(status: 200, lines: []), body: body.copy())
            throw UpstreamError(.inBand, "The provider reported an error within its stream.", answer: answer)
        }
        emit(data, facts)
    }

    /// Some providers leave out the end of the last line. Any other rest is half an event.
    mutating func rest(_ data: RawSpan, _ emit: Emit) {
        if data.equals("[DONE]") { isDone = true }
    }

    func finish(_ emit: Emit) throws(UpstreamError) {
        guard isDone else {
            throw UpstreamError(.truncated, "The provider's stream ended without its end mark ([DONE]).")
        }
    }

    func whole(_ body: RawSpan, _ emit: Emit) throws(UpstreamError) {
        guard var facts = try? parser.chunkFacts(body), facts.isObject else {
            throw UpstreamError(.malformed, "The provider's answer is not a JSON object.")
        }
        // What is no chat has no choices, and its content all the same.
        if operation != .chat { facts.hasContent = true }
        emit(body, facts)
    }
}
