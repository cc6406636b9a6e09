/// OpenAI's answers, which are the canonical form already: looked at and handed on, byte for byte.
///
/// A stream ends properly with `[DONE]` alone; nothing is taken behind it.
struct OpenAIDecoder: ProviderDecoder {
    let parser: JSONParser
    private let operation: ModelOperation
    private var isDone = false
    private var hasChoices = false

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
        if facts.hasError { throw Self.failure("The provider reported an error within its stream.", data) }
        if facts.choices > 0 { hasChoices = true }
        emit(data, facts)
    }

    /// `data` tells an error where an answer was due.
    private static func failure(_ message: String, _ data: RawSpan) -> UpstreamError {
        var body = ByteBuffer()
        body.append(data)
        let answer = UpstreamError.Answer(head: AnswerHead(status: 200, lines: []), body: body.copy())
        return UpstreamError(.inBand, message, answer: answer)
    }

    /// Some providers leave out the end of the last line. Any other rest is half an event.
    mutating func rest(_ data: RawSpan, _ emit: Emit) {
        if data.equals("[DONE]") { isDone = true }
    }

    func finish(_ emit: Emit) throws(UpstreamError) {
        guard isDone else {
            throw UpstreamError(.truncated, "The provider's stream ended without its end mark ([DONE]).")
        }
        guard hasChoices || operation != .chat else {
            throw UpstreamError(.malformed, "The provider's stream has no choices.")
        }
    }

    func whole(_ body: RawSpan, _ emit: Emit) throws(UpstreamError) {
        guard var facts = try? parser.chunkFacts(body), facts.isObject else {
            throw UpstreamError(.malformed, "The provider's answer is not a JSON object.")
        }
        if facts.hasError { throw Self.failure("The provider reported an error in the place of its answer.", body) }
        if operation == .chat {
            // Clients would take it for a success without a word.
            guard facts.choices > 0 else {
                throw UpstreamError(.malformed, "The provider's answer has no choices.")
            }
        } else {
            // What is no chat has no choices, and its content all the same.
            facts.hasContent = true
        }
        emit(body, facts)
    }
}
