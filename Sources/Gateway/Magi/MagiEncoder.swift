import Upstreams

/// Writes what a run says: chunks and answers in OpenAI's form, and its progress for readers of a task.
struct MagiEncoder: ~Copyable {
    private let object: ChatObject
    private var event = ByteBuffer()

    typealias Emit = (RawSpan, ChatChunkFacts) -> Void

    init(requestID: String, model: String, created: Int) {
        object = ChatObject(id: "chatcmpl-\(requestID)", model: model, created: created)
    }

    // MARK: The stream

    mutating func role(_ emit: Emit) {
        chunk(finish: nil, hasContent: false, emit) { $0.assistantRole() }
    }

    mutating func text(_ text: String, _ emit: Emit) {
        chunk(finish: nil, hasContent: true, emit) { $0.member("content", text) }
    }

    mutating func finish(_ reason: String, _ emit: Emit) {
        chunk(finish: reason, hasContent: false, emit) { _ in }
    }

    mutating func usage(_ usage: ChatChunkFacts.Usage, _ emit: Emit) {
        event.removeAll()
        object.writeLastChunk(to: &event) { Self.write(usage, &$0) }
        let facts = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: usage)
        event.withBytes { emit($0, facts) }
    }

    private mutating func chunk(
        finish: String?, hasContent: Bool, _ emit: Emit, _ delta: (inout JSONWriter) -> Void
    ) {
        event.removeAll()
        object.writeChunk(finish: finish, to: &event, delta: delta)
        let facts = ChatChunkFacts(choices: 1, hasFinishReason: finish != nil, hasContent: hasContent, usage: nil)
        event.withBytes { emit($0, facts) }
    }

    // MARK: The whole answer

    mutating func whole(_ text: String, finish: String, _ usage: ChatChunkFacts.Usage, _ emit: Emit) {
        event.removeAll()
        object.writeWhole(finish: finish, to: &event) {
            Self.write(usage, &$0)
        } message: {
            $0.assistantRole(text)
            $0.member("refusal", String?.none)
        }
        let facts = ChatChunkFacts(choices: 1, hasFinishReason: true, hasContent: true, usage: usage)
        event.withBytes { emit($0, facts) }
    }

    private static func write(_ usage: ChatChunkFacts.Usage, _ writer: inout JSONWriter) {
        writer.object("usage") {
            $0.member("prompt_tokens", usage.promptTokens)
            $0.member("completion_tokens", usage.completionTokens)
            $0.member("total_tokens", usage.totalTokens)
            $0.object("prompt_tokens_details") { $0.member("cached_tokens", usage.cachedTokens) }
        }
    }

    // MARK: Progress

    /// One event of a task (API page, task dialect).
    mutating func progress(_ progress: MagiProgress, _ emit: Emit) {
        event.removeAll()
        event.appendJSON {
            $0.object {
                $0.member("event", progress.name)
                $0.object("data") { progress.write(to: &$0) }
            }
        }
        var facts = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: nil)
        facts.isProgress = true
        event.withBytes { emit($0, facts) }
    }
}
