/// Turns answers of the Messages API into OpenAI's form (docs.anthropic.com, "Streaming messages").
///
/// States of a stream: nothing yet → begun (`message_start`) → with a stop reason (`message_delta`) → done
/// (`message_stop`). Only the last is a proper end. Blocks come one after another; kinds of events, blocks and deltas
/// that are not known are passed over, as the provider asks its clients to do.
struct AnthropicDecoder: ProviderDecoder, ~Copyable {
    private enum Progress { case nothing, begun, stopped, done }

    /// A content block that has started.
    private enum Block {
        case text
        /// `index`: the place among the tool calls.
        case tool(index: Int, hasArguments: Bool)
        case thinking
        case other
    }

    private let parser: JSONParser
    /// Seconds since 1970, when the call began.
    private let now: Int
    private let maxBlockBytes: Int
    private var chunks: ChatChunkEncoder
    private var progress = Progress.nothing
    private var block = Block.other
    private var toolCalls = 0
    private var usage = AnthropicUsage()
    /// Of the block of thinking that is open: it goes out whole at its end, for clients that send it back.
    private var thinking = ByteBuffer()
    private var signature = ByteBuffer()

    init(parser: JSONParser, chunks: consuming ChatChunkEncoder, now: Int, maxBlockBytes: Int) {
        self.parser = parser
        self.now = now
        self.maxBlockBytes = maxBlockBytes
        self.chunks = chunks
    }

    func head(_ head: AnswerHead) -> AnswerHead { AnthropicHead.translate(head, now: now) }

    func refusal(_ answer: UpstreamError.Answer) -> UpstreamError.Answer {
        AnthropicError.translate(answer, now: now, parser)
    }

    // MARK: Streams

    mutating func event(_ data: RawSpan, _ emit: Emit) throws(UpstreamError) {
        guard progress != .done else { return }
        guard let event = try? parser.parse(data), let type = event.root["type"] else {
            throw UpstreamError(.malformed, "The provider sent an event that is not JSON of its kind.")
        }
        try take(event.root, type, emit)
    }

    private mutating func take(_ event: JSONValue, _ type: JSONValue, _ emit: Emit) throws(UpstreamError) {
        if type.isString("content_block_delta") {
            try requireBegin()
            try takeDelta(event["delta"], emit)
        } else if type.isString("content_block_start") {
            try requireBegin()
            startBlock(event["content_block"], emit)
        } else if type.isString("content_block_stop") {
            try requireBegin()
            endBlock(emit)
        } else if type.isString("message_start") {
            begin(event["message"])
        } else if type.isString("message_delta") {
            try requireBegin()
            usage.take(event["usage"])
            takeStopReason(event["delta"]?.present("stop_reason"), emit)
        } else if type.isString("message_stop") {
            try takeEnd(emit)
        } else if type.isString("error") {
            throw AnthropicError.inBand(event)
        }
    }

    mutating func finish(_ emit: Emit) throws(UpstreamError) {
        guard progress == .done else {
            throw UpstreamError(.truncated, "The provider's stream ended without its end mark (message_stop).")
        }
    }

    private func requireBegin() throws(UpstreamError) {
        guard progress != .nothing else {
            throw UpstreamError(.malformed, "The provider's stream did not begin with message_start.")
        }
    }

    private mutating func begin(_ message: JSONValue?) {
        guard progress == .nothing else { return }
        progress = .begun
        takeNames(message)
        usage.take(message?["usage"])
    }

    private mutating func takeNames(_ message: JSONValue?) {
        if let id = message?["id"]?.string, !id.isEmpty { chunks.id = id }
        if let model = message?["model"]?.string, !model.isEmpty { chunks.model = model }
    }

    private mutating func takeStopReason(_ reason: JSONValue?, _ emit: Emit) {
        guard let reason, progress == .begun else { return }
        progress = .stopped
        chunks.finish(Self.finishReason(reason), emit)
    }

    private mutating func takeEnd(_ emit: Emit) throws(UpstreamError) {
        guard progress == .stopped else {
            throw UpstreamError(.malformed, "The provider ended its stream without a stop reason.")
        }
        progress = .done
        chunks.usage(usage.tokens, emit)
    }

    // MARK: Blocks

    private mutating func startBlock(_ start: JSONValue?, _ emit: Emit) {
        block = .other
        guard let start, let type = start["type"] else { return }
        if type.isString("text") {
            block = .text
            if let text = start["text"], text.isFilledString { chunks.text(text, emit) }
        } else if type.isString("tool_use"), let name = start["name"] {
            block = .tool(index: toolCalls, hasArguments: false)
            chunks.toolCall(toolCalls, id: start["id"]?.string ?? "", name: name, emit)
            toolCalls += 1
            if let input = start["input"], input.count > 0 { input.withSource { addArguments($0, emit) } }
        } else if type.isString("thinking") {
            block = .thinking
            thinking.removeAll()
            signature.removeAll()
        } else if type.isString("redacted_thinking") {
            chunks.thinkingBlock(start, emit)
        }
    }

    private mutating func takeDelta(_ delta: JSONValue?, _ emit: Emit) throws(UpstreamError) {
        guard let delta else { return }
        switch block {
        case .text:
            if let text = delta["text"], text.isFilledString { chunks.text(text, emit) }
        case .tool:
            guard let piece = delta["partial_json"], piece.isFilledString else { return }
            _ = piece.withUTF8 { addArguments($0, emit) }
        case .thinking:
            try takeThinking(delta, emit)
        case .other:
            return
        }
    }

    private mutating func addArguments(_ piece: RawSpan, _ emit: Emit) {
        guard case .tool(let index, _) = block else { return }
        block = .tool(index: index, hasArguments: true)
        chunks.arguments(index, utf8: piece, emit)
    }

    private mutating func takeThinking(_ delta: JSONValue, _ emit: Emit) throws(UpstreamError) {
        if let text = delta["thinking"], text.isFilledString {
            _ = text.withUTF8 { thinking.append($0) }
            chunks.reasoning(text, emit)
        }
        if let text = delta["signature"] { _ = text.withUTF8 { signature.append($0) } }
        guard thinking.count + signature.count <= maxBlockBytes else {
            throw UpstreamError(.oversized, "The provider's model thought more than the gateway takes.")
        }
    }

    private mutating func endBlock(_ emit: Emit) {
        switch block {
        case .tool(let index, hasArguments: false):
            // A call without arguments is said in no piece at all; clients parse what they get.
            chunks.noArguments(index, emit)
        case .thinking where !signature.isEmpty:
            chunks.thinkingBlock(thinking, signature, emit)
        default: break
        }
        block = .other
    }

    // MARK: Whole answers

    mutating func whole(_ body: RawSpan, _ emit: Emit) throws(UpstreamError) {
        guard let message = try? parser.parse(body).root, message.kind == .object else {
            throw UpstreamError(.malformed, "The provider's answer is not a JSON object.")
        }
        if message["type"]?.isString("error") == true { throw AnthropicError.inBand(message) }
        guard let content = message["content"], content.kind == .array, let reason = message.present("stop_reason")
        else { throw UpstreamError(.malformed, "The provider's answer is not a message.") }
        takeNames(message)
        usage.take(message["usage"])
        var answer = WholeAnswer()
        answer.finish = Self.finishReason(reason)
        answer.usage = usage.tokens
        for block in content.elements { Self.add(block, to: &answer) }
        chunks.whole(answer, emit)
    }

    private static func add(_ block: JSONValue, to answer: inout WholeAnswer) {
        guard let type = block["type"] else { return }
        if type.isString("text"), let text = block["text"] {
            answer.add(text: text)
        } else if type.isString("thinking"), let text = block["thinking"] {
            answer.add(reasoning: text)
            answer.thinkingBlocks.append(block)
        } else if type.isString("redacted_thinking") {
            answer.thinkingBlocks.append(block)
        } else if type.isString("tool_use"), let name = block["name"] {
            answer.toolCalls.append(
                WholeAnswer.ToolCall(id: block["id"]?.string ?? "", name: name, arguments: block["input"]))
        }
    }

    private static func finishReason(_ reason: JSONValue) -> FinishReason {
        if reason.isString("tool_use") { return .toolCalls }
        if reason.isString("max_tokens") || reason.isString("model_context_window_exceeded") { return .length }
        return reason.isString("refusal") ? .contentFilter : .stop
    }
}
