/// Turns answers of the Gemini API into OpenAI's form (ai.google.dev, `GenerateContentResponse`).
///
/// A stream has no end mark of its own: it has ended properly when a finish reason, or a reason why the prompt was
/// blocked, was read and the body came whole. Both the finish and the usage are said then, since either may be said
/// again in later events.
struct GeminiDecoder: ProviderDecoder, ~Copyable {
    private let parser: JSONParser
    private var chunks: ChatChunkEncoder
    private var hasBegun = false
    private var toolCalls = 0
    private var reason: FinishReason?
    private var usage = TokenUsage()

    init(parser: JSONParser, chunks: consuming ChatChunkEncoder) {
        self.parser = parser
        self.chunks = chunks
    }

    func refusal(_ answer: UpstreamError.Answer) -> UpstreamError.Answer { GeminiError.translate(answer, parser) }

    // MARK: Streams

    mutating func event(_ data: RawSpan, _ emit: Emit) throws(UpstreamError) {
        let root = try object(data, "The provider sent an event that is not a JSON object.")
        takeFacts(root)
        hasBegun = true
        guard let candidate = root["candidates"]?.elements.first(where: { _ in true }) else { return }
        for part in candidate["content"]?["parts"]?.elements.map({ $0 }) ?? [] { say(part, emit) }
        try takeFinish(candidate)
    }

    mutating func finish(_ emit: Emit) throws(UpstreamError) {
        guard let reason else {
            throw UpstreamError(.truncated, "The provider's stream ended without a finish reason.")
        }
        chunks.finish(toolCalls > 0 && reason == .stop ? .toolCalls : reason, emit)
        chunks.usage(usage, emit)
    }

    private mutating func say(_ part: JSONValue, _ emit: Emit) {
        if let text = part["text"], text.isFilledString {
            if part["thought"]?.bool == true { chunks.reasoning(text, emit) } else { chunks.text(text, emit) }
        } else if let call = part["functionCall"], let name = call["name"] {
            chunks.toolCall(
                toolCalls, id: id(of: call), name: name, signature: part.present("thoughtSignature"), emit)
            if let arguments = call["args"], arguments.count > 0 {
                arguments.withSource { chunks.arguments(toolCalls, utf8: $0, emit) }
            } else {
                chunks.noArguments(toolCalls, emit)
            }
            toolCalls += 1
        }
    }

    /// The provider names its calls rarely; clients need names that differ.
    private func id(of call: JSONValue) -> String {
        if let id = call["id"]?.string, !id.isEmpty { return id }
        return "call_\(chunks.id)_\(toolCalls)"
    }

    // MARK: Whole answers

    mutating func whole(_ body: RawSpan, _ emit: Emit) throws(UpstreamError) {
        let root = try object(body, "The provider's answer is not a JSON object.")
        takeFacts(root)
        var answer = WholeAnswer()
        if let candidate = root["candidates"]?.elements.first(where: { _ in true }) {
            for part in candidate["content"]?["parts"]?.elements.map({ $0 }) ?? [] { add(part, to: &answer) }
            try takeFinish(candidate)
        }
        guard let reason else {
            throw UpstreamError(.malformed, "The provider's answer has no finish reason.")
        }
        answer.finish = toolCalls > 0 && reason == .stop ? .toolCalls : reason
        answer.usage = usage
        chunks.whole(answer, emit)
    }

    private mutating func add(_ part: JSONValue, to answer: inout WholeAnswer) {
        if let text = part["text"], text.isFilledString {
            if part["thought"]?.bool == true { answer.add(reasoning: text) } else { answer.add(text: text) }
        } else if let call = part["functionCall"], let name = call["name"] {
            answer.toolCalls.append(
                WholeAnswer.ToolCall(
                    id: id(of: call), name: name, arguments: call["args"],
                    signature: part.present("thoughtSignature")))
            toolCalls += 1
        }
    }

    // MARK: What both have

    private func object(_ data: RawSpan, _ complaint: String) throws(UpstreamError) -> JSONValue {
        guard let root = try? parser.parse(data).root, root.kind == .object else {
            throw UpstreamError(.malformed, complaint)
        }
        if let error = root.present("error") { throw GeminiError.inBand(error) }
        return root
    }

    /// Ids, usage, and whether the prompt was blocked.
    private mutating func takeFacts(_ root: JSONValue) {
        if !hasBegun {
            if let id = root["responseId"]?.string, !id.isEmpty { chunks.id = id }
            if let model = root["modelVersion"]?.string, !model.isEmpty { chunks.model = model }
        }
        if root["promptFeedback"]?.present("blockReason") != nil { reason = .contentFilter }
        guard let counts = root.present("usageMetadata") else { return }
        let thoughts = TokenUsage.count(counts["thoughtsTokenCount"])
        usage.prompt =
            TokenUsage.count(counts["promptTokenCount"]) + TokenUsage.count(counts["toolUsePromptTokenCount"])
        usage.completion = TokenUsage.count(counts["candidatesTokenCount"]) + thoughts
        usage.cached = TokenUsage.count(counts["cachedContentTokenCount"])
        usage.reasoning = thoughts > 0 ? thoughts : nil
    }

    private mutating func takeFinish(_ candidate: JSONValue) throws(UpstreamError) {
        guard let name = candidate.present("finishReason") else { return }
        if name.isString("MALFORMED_FUNCTION_CALL") || name.isString("UNEXPECTED_TOOL_CALL") {
            throw GeminiError.brokenCall
        }
        reason = Self.finishReason(name)
    }

    private static let filters: [StaticString] = [
        "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
    ]

    private static func finishReason(_ reason: JSONValue) -> FinishReason {
        if reason.isString("MAX_TOKENS") { return .length }
        return filters.contains(where: reason.isString) ? .contentFilter : .stop
    }
}
