/// What a provider said in an answer that is no stream, collected from its parts.
struct WholeAnswer: ~Copyable {
    struct ToolCall {
        let id: String
        let name: JSONValue
        /// JSON of an object, as the provider wrote it; nil: none.
        let arguments: JSONValue?
        /// Google's signature of the thought that led to the call, for clients that send it back.
        var signature: JSONValue?

        /// Where Google's own OpenAI-compatible API has it.
        static func write(signature: JSONValue?, to call: inout JSONWriter) {
            guard let signature else { return }
            call.object("extra_content") { extra in
                extra.object("google") { $0.member("thought_signature", copying: signature) }
            }
        }
    }

    var finish = FinishReason.stop
    var usage = TokenUsage()
    /// Whether the tokens were counted.
    var hasUsage = true
    var toolCalls: [ToolCall] = []
    /// Blocks of thinking with their signatures, as the provider wrote them.
    var thinkingBlocks: [JSONValue] = []
    private var text = ByteBuffer()
    private var reasoning = ByteBuffer()

    var hasContent: Bool { !text.isEmpty || !reasoning.isEmpty || !toolCalls.isEmpty }

    mutating func add(text value: JSONValue) { _ = value.withUTF8 { text.append($0) } }

    mutating func add(text utf8: RawSpan) { text.append(utf8) }

    mutating func add(reasoning value: JSONValue) { _ = value.withUTF8 { reasoning.append($0) } }

    /// The members of `message`.
    func write(to message: inout JSONWriter) {
        message.member("role", "assistant")
        if text.isEmpty, !toolCalls.isEmpty {
            message.member("content", String?.none)
        } else {
            text.withBytes { message.member("content", utf8: $0) }
        }
        message.member("refusal", String?.none)
        if !reasoning.isEmpty { reasoning.withBytes { message.member("reasoning_content", utf8: $0) } }
        if !thinkingBlocks.isEmpty {
            message.array("thinking_blocks") { blocks in
                for block in thinkingBlocks { block.withSource { blocks.element(raw: $0) } }
            }
        }
        guard !toolCalls.isEmpty else { return }
        message.array("tool_calls") { calls in
            for call in toolCalls { calls.object { Self.write(call, &$0) } }
        }
    }

    private static func write(_ call: ToolCall, _ writer: inout JSONWriter) {
        writer.member("id", call.id)
        writer.member("type", "function")
        writer.object("function") { function in
            function.member("name", copying: call.name)
            if let arguments = call.arguments, arguments.kind == .object {
                arguments.withSource { function.member("arguments", utf8: $0) }
            } else {
                function.member("arguments", "{}")
            }
        }
        ToolCall.write(signature: call.signature, to: &writer)
    }
}
