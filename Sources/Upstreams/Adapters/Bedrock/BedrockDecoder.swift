/// Turns answers of Converse and ConverseStream into OpenAI's form (docs.aws.amazon.com, "Amazon Bedrock Runtime").
///
/// States of a stream: nothing yet → begun (`messageStart`) → stopped (`messageStop`) → done (`metadata`, with the
/// usage). Only the last is a proper end. Kinds of events and deltas that are not known are passed over.
struct BedrockDecoder: ProviderDecoder, ~Copyable {
    private enum Progress { case nothing, begun, stopped, done }

    static let framesItself = true
    /// Of a stream.
    static let mediaType = "application/vnd.amazon.eventstream"

    private let parser: JSONParser
    private let maxBlockBytes: Int
    private var frames: AmazonEventParser
    private var chunks: ChatChunkEncoder
    private var progress = Progress.nothing
    /// By `contentBlockIndex`: the place of its call, and whether it has arguments.
    private var calls: [Int: (place: Int, hasArguments: Bool)] = [:]
    private var thinking = ByteBuffer()
    private var signature = ByteBuffer()

    init(parser: JSONParser, chunks: consuming ChatChunkEncoder, maxBlockBytes: Int) {
        self.parser = parser
        self.maxBlockBytes = maxBlockBytes
        frames = AmazonEventParser(maxEventBytes: maxBlockBytes)
        self.chunks = chunks
    }

    func accepts(_ head: AnswerHead) -> Bool {
        head.value(of: "content-type")?.hasPrefix(Self.mediaType) == true
    }

    func refusal(_ answer: UpstreamError.Answer) -> UpstreamError.Answer { BedrockError.translate(answer, parser) }

    // MARK: Streams

    mutating func bytes(_ bytes: RawSpan, _ emit: Emit) throws(UpstreamError) {
        frames.feed(bytes)
        while let event = try frames.next() {
            try event.payload.withBytes { (payload) throws(UpstreamError) in try take(event.name, payload, emit) }
        }
    }

    mutating func event(_ data: RawSpan, _ emit: Emit) throws(UpstreamError) {
        preconditionFailure("its events come in frames")
    }

    mutating func finish(_ emit: Emit) throws(UpstreamError) {
        guard progress == .done, frames.isEmpty else {
            throw UpstreamError(.truncated, "The provider's stream ended without its end mark (metadata).")
        }
    }

    private mutating func take(_ name: AmazonEventName, _ payload: RawSpan, _ emit: Emit) throws(UpstreamError) {
        guard progress != .done else { return }
        if name.kind == "error" { throw BedrockError.inBand(name.type, name.message) }
        guard let event = try? parser.parse(payload).root, event.kind == .object else {
            throw UpstreamError(.malformed, "The provider sent an event that is not JSON of its kind.")
        }
        if name.kind == "exception" { throw BedrockError.inBand(name.type, event["message"]?.string) }
        if name.type == "messageStart" {
            if progress == .nothing { progress = .begun }
            return
        }
        guard progress != .nothing else {
            throw UpstreamError(.malformed, "The provider's stream did not begin with messageStart.")
        }
        let index = event["contentBlockIndex"]?.int ?? 0
        switch name.type {
        case "contentBlockStart": start(event["start"], index, emit)
        case "contentBlockDelta": try take(event["delta"], index, emit)
        case "contentBlockStop": stop(index, emit)
        case "messageStop":
            guard progress == .begun else { return }
            progress = .stopped
            chunks.finish(Self.finishReason(event["stopReason"]), emit)
        case "metadata":
            guard progress == .stopped else {
                throw UpstreamError(.malformed, "The provider ended its stream without a stop reason.")
            }
            progress = .done
            chunks.usage(Self.usage(event["usage"]), emit)
        default: return
        }
    }

    // MARK: Blocks

    private mutating func start(_ start: JSONValue?, _ index: Int, _ emit: Emit) {
        guard let tool = start?["toolUse"], let name = tool["name"], calls[index] == nil else { return }
        chunks.toolCall(calls.count, id: tool["toolUseId"]?.string ?? "", name: name, emit)
        calls[index] = (calls.count, false)
    }

    private mutating func take(_ delta: JSONValue?, _ index: Int, _ emit: Emit) throws(UpstreamError) {
        guard let delta else { return }
        if let text = delta["text"], text.isFilledString { chunks.text(text, emit) }
        if let piece = delta["toolUse"]?["input"], piece.isFilledString, let call = calls[index] {
            calls[index] = (call.place, true)
            _ = piece.withUTF8 { chunks.arguments(call.place, utf8: $0, emit) }
        }
        guard let thought = delta["reasoningContent"] else { return }
        if let text = thought["text"], text.isFilledString {
            _ = text.withUTF8 { thinking.append($0) }
            chunks.reasoning(text, emit)
        }
        if let text = thought["signature"] { _ = text.withUTF8 { signature.append($0) } }
        if let block = thinkingBlock(thought) { chunks.thinkingBlock(block, emit) }
        guard thinking.count + signature.count <= maxBlockBytes else {
            throw UpstreamError(.oversized, "The provider's model thought more than the gateway takes.")
        }
    }

    private mutating func stop(_ index: Int, _ emit: Emit) {
        if let call = calls[index], !call.hasArguments {
            calls[index] = (call.place, true)
            chunks.noArguments(call.place, emit)
        }
        if !signature.isEmpty { chunks.thinkingBlock(thinking, signature, emit) }
        thinking.removeAll()
        signature.removeAll()
    }

    // MARK: Whole answers

    mutating func whole(_ body: RawSpan, _ emit: Emit) throws(UpstreamError) {
        guard let root = try? parser.parse(body).root, let content = root["output"]?["message"]?["content"],
            content.kind == .array, let reason = root.present("stopReason")
        else { throw UpstreamError(.malformed, "The provider's answer is not a message.") }
        var answer = WholeAnswer()
        answer.finish = Self.finishReason(reason)
        answer.usage = Self.usage(root["usage"])
        for block in content.elements { add(block, to: &answer) }
        chunks.whole(answer, emit)
    }

    private func add(_ block: JSONValue, to answer: inout WholeAnswer) {
        if let text = block["text"] {
            answer.add(text: text)
        } else if let thought = block["reasoningContent"] {
            if let text = thought["reasoningText"]?["text"] { answer.add(reasoning: text) }
            if let block = thinkingBlock(thought) { answer.thinkingBlocks.append(block) }
        } else if let tool = block["toolUse"], let name = tool["name"] {
            answer.toolCalls.append(
                WholeAnswer.ToolCall(id: tool["toolUseId"]?.string ?? "", name: name, arguments: tool["input"]))
        }
    }

    // MARK: What both have

    /// A block of thinking that came whole, in Anthropic's form, for clients that send it back; nil: it has nothing that
    /// the provider would want back.
    private func thinkingBlock(_ thought: JSONValue) -> JSONValue? {
        let redacted = thought.present("redactedContent")
        let text = thought["reasoningText"]
        let signature = text?.present("signature")
        guard redacted != nil || signature != nil else { return nil }
        var block = ByteBuffer()
        block.appendJSON {
            $0.object { block in
                block.member("type", redacted == nil ? "thinking" : "redacted_thinking")
                if let redacted { block.member("data", copying: redacted) }
                if let text = text?["text"] { block.member("thinking", copying: text) }
                if let signature { block.member("signature", copying: signature) }
            }
        }
        return block.withBytes { try? parser.parse($0).root }
    }

    private static func usage(_ usage: JSONValue?) -> TokenUsage {
        let read = TokenUsage.count(usage?["cacheReadInputTokens"])
        let written = TokenUsage.count(usage?["cacheWriteInputTokens"])
        return TokenUsage(
            prompt: TokenUsage.count(usage?["inputTokens"]) + read + written,
            completion: TokenUsage.count(usage?["outputTokens"]), cached: read, cacheCreation: written)
    }

    private static func finishReason(_ reason: JSONValue?) -> FinishReason {
        switch reason?.string {
        case "tool_use": .toolCalls
        case "max_tokens", "model_context_window_exceeded": .length
        case "guardrail_intervened", "content_filtered": .contentFilter
        default: .stop
        }
    }
}
