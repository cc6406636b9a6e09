import Upstreams

/// Writes what a run says: chunks and answers in OpenAI's form, and its progress for readers of a task.
struct MagiEncoder: ~Copyable {
    private let id: String
    private let model: String
    /// Seconds since 1970.
    private let created: Int
    private var event = ByteBuffer()

    typealias Emit = (RawSpan, ChatChunkFacts) -> Void

    init(requestID: String, model: String, created: Int) {
        id = "chatcmpl-\(requestID)"
        self.model = model
        self.created = created
    }

    // MARK: The stream

    mutating func role(_ emit: Emit) {
        chunk(finish: nil, hasContent: false, emit) {
            $0.member("role", "assistant")
            $0.member("content", "")
        }
    }

    mutating func text(_ text: String, _ emit: Emit) {
        chunk(finish: nil, hasContent: true, emit) { $0.member("content", text) }
    }

    mutating func finish(_ reason: String, _ emit: Emit) {
        chunk(finish: reason, hasContent: false, emit) { _ in }
    }

    mutating func usage(_ usage: ChatChunkFacts.Usage, _ emit: Emit) {
        event.removeAll()
        let (id, model, created) = (id, model, created)
        event.appendJSON {
            $0.object {
                Self.writeHead("chat.completion.chunk", id, model, created, &$0)
                $0.array("choices") { _ in }
                Self.write(usage, &$0)
            }
        }
        let facts = ChatChunkFacts(choices: 0, hasFinishReason: false, hasContent: false, usage: usage)
        event.withBytes { emit($0, facts) }
    }

    private mutating func chunk(
        finish: String?, hasContent: Bool, _ emit: Emit, _ delta: (inout JSONWriter) -> Void
    ) {
        event.removeAll()
        let (id, model, created) = (id, model, created)
        event.appendJSON { writer in
            writer.object { writer in
                Self.writeHead("chat.completion.chunk", id, model, created, &writer)
                writer.array("choices") { choices in
                    choices.object { choice in
                        choice.member("index", 0)
                        choice.object("delta", delta)
                        choice.member("logprobs", String?.none)
                        choice.member("finish_reason", finish)
                    }
                }
            }
        }
        let facts = ChatChunkFacts(choices: 1, hasFinishReason: finish != nil, hasContent: hasContent, usage: nil)
        event.withBytes { emit($0, facts) }
    }

    // MARK: The whole answer

    mutating func whole(_ text: String, finish: String, _ usage: ChatChunkFacts.Usage, _ emit: Emit) {
        event.removeAll()
        let (id, model, created) = (id, model, created)
        event.appendJSON { writer in
            writer.object { writer in
                Self.writeHead("chat.completion", id, model, created, &writer)
                writer.array("choices") { choices in
                    choices.object { choice in
                        choice.member("index", 0)
                        choice.object("message") {
                            $0.member("role", "assistant")
                            $0.member("content", text)
                            $0.member("refusal", String?.none)
                        }
                        choice.member("logprobs", String?.none)
                        choice.member("finish_reason", finish)
                    }
                }
                Self.write(usage, &writer)
            }
        }
        let facts = ChatChunkFacts(choices: 1, hasFinishReason: true, hasContent: true, usage: usage)
        event.withBytes { emit($0, facts) }
    }

    private static func writeHead(
        _ object: StaticString, _ id: String, _ model: String, _ created: Int, _ writer: inout JSONWriter
    ) {
        writer.member("id", id)
        writer.member("object", object)
        writer.member("created", created)
        writer.member("model", model)
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
