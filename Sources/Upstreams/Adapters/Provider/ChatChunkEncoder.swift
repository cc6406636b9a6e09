/// Writes events and answers in OpenAI's form, for adapters of providers that have another.
///
/// Owns what all events of a stream have in common and the memory of the event being made.
struct ChatChunkEncoder: ~Copyable {
    typealias Emit = ProviderDecoder.Emit

    private var object: ChatObject
    private var event = ByteBuffer()
    private var hasRole = false

    /// `id` and `model`: what is said until the provider has named its own.
    init(id: String, model: String, created: Int) { object = ChatObject(id: id, model: model, created: created) }

    var id: String {
        get { object.id }
        set { object.id = newValue }
    }

    var model: String {
        get { object.model }
        set { object.model = newValue }
    }

    // MARK: Events of a stream

    /// A piece of the text, copied as it is written in the provider's event.
    mutating func text(_ text: JSONValue, _ emit: Emit) {
        delta(emit) { $0.member("content", copying: text) }
    }

    /// The same as bytes of UTF-8.
    mutating func text(utf8: RawSpan, _ emit: Emit) {
        delta(emit) { $0.member("content", utf8: utf8) }
    }

    mutating func reasoning(_ text: JSONValue, _ emit: Emit) {
        delta(emit) { $0.member("reasoning_content", copying: text) }
    }

    /// The beginning of a call, without arguments. `signature`: see `WholeAnswer.ToolCall`.
    mutating func toolCall(
        _ index: Int, id: String, name: JSONValue, signature: JSONValue? = nil, _ emit: Emit
    ) {
        toolCall(index, emit) { call in
            call.member("id", id)
            call.member("type", "function")
            call.object("function") {
                $0.member("name", copying: name)
                $0.member("arguments", "")
            }
            WholeAnswer.ToolCall.write(signature: signature, to: &call)
        }
    }

    /// A piece of a call's arguments: bytes of JSON, which travel as a string.
    mutating func arguments(_ index: Int, utf8: RawSpan, _ emit: Emit) {
        toolCall(index, emit) { call in call.object("function") { $0.member("arguments", utf8: utf8) } }
    }

    mutating func noArguments(_ index: Int, _ emit: Emit) {
        toolCall(index, emit) { call in call.object("function") { $0.member("arguments", "{}") } }
    }

    /// A block of thinking that has ended, for clients that send it back. Its text was said before.
    mutating func thinkingBlock(_ text: borrowing ByteBuffer, _ signature: borrowing ByteBuffer, _ emit: Emit) {
        delta(hasContent: false, emit) { delta in
            delta.array("thinking_blocks") { blocks in
                blocks.object { block in
                    block.member("type", "thinking")
                    text.withBytes { block.member("thinking", utf8: $0) }
                    signature.withBytes { block.member("signature", utf8: $0) }
                }
            }
        }
    }

    /// The same, as the provider wrote it.
    mutating func thinkingBlock(_ block: JSONValue, _ emit: Emit) {
        delta(hasContent: false, emit) { delta in
            delta.array("thinking_blocks") { blocks in block.withSource { blocks.element(raw: $0) } }
        }
    }

    /// How far a job has come, in the provider's own words: an event with an empty delta and a member `progress`.
    mutating func progress(_ progress: JSONValue, _ emit: Emit) {
        chunk(finish: nil, hasContent: false, emit, beside: { $0.member("progress", copying: progress) }) { _ in }
    }

    mutating func finish(_ reason: FinishReason, _ emit: Emit) {
        chunk(finish: reason, hasContent: false, emit) { _ in }
    }

    /// The last event: usage, and no choice.
    mutating func usage(_ tokens: TokenUsage, _ emit: Emit) {
        event.removeAll()
        object.writeLastChunk(to: &event) { tokens.write(to: &$0) }
        let facts = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: tokens.facts)
        event.withBytes { emit($0, facts) }
    }

    private mutating func toolCall(_ index: Int, _ emit: Emit, _ body: (inout JSONWriter) -> Void) {
        delta(emit) { delta in
            delta.array("tool_calls") { calls in
                calls.object {
                    $0.member("index", index)
                    body(&$0)
                }
            }
        }
    }

    private mutating func delta(hasContent: Bool = true, _ emit: Emit, _ body: (inout JSONWriter) -> Void) {
        chunk(finish: nil, hasContent: hasContent, emit, body)
    }

    /// One event with one choice. The role goes before the first one and not earlier, so that a provider which fails
    /// before it says anything has said nothing. `members`: what stands beside the choice.
    private mutating func chunk(
        finish: FinishReason?, hasContent: Bool, _ emit: Emit, beside members: (inout JSONWriter) -> Void = { _ in },
        _ delta: (inout JSONWriter) -> Void
    ) {
        if !hasRole {
            hasRole = true
            chunk(finish: nil, hasContent: false, emit) { $0.assistantRole() }
        }
        event.removeAll()
        object.writeChunk(finish: finish?.rawValue, to: &event, beside: members, delta: delta)
        let facts = ChatChunkFacts(choices: 1, hasFinishReason: finish != nil, hasContent: hasContent, usage: nil)
        event.withBytes { emit($0, facts) }
    }

    // MARK: The whole answer

    mutating func whole(_ answer: borrowing WholeAnswer, _ emit: Emit) {
        event.removeAll()
        object.writeWhole(finish: answer.finish.rawValue, to: &event) { writer in
            if answer.hasUsage { answer.usage.write(to: &writer) }
        } message: {
            answer.write(to: &$0)
        }
        let facts = ChatChunkFacts(
            choices: 1, hasFinishReason: true, hasContent: answer.hasContent,
            usage: answer.hasUsage ? answer.usage.facts : nil)
        event.withBytes { emit($0, facts) }
    }
}
