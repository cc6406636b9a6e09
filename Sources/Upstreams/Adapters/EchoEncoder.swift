/// Writes the echo model's events and answers in OpenAI's form.
struct EchoEncoder: ~Copyable {
    private let id: String
    private let model: String
    private let created: Int
    /// The event being made; reused.
    private(set) var event = ByteBuffer()

    init(id: String, number: Int, model: String, created: Int) {
        self.id = "chatcmpl-\(id)-\(number)"
        self.model = model
        self.created = created
    }

    // MARK: Events of a stream

    mutating func role(choice: Int) {
        chunk(choice: choice, finishReason: nil) {
            $0.member("role", "assistant")
            $0.member("content", "")
        }
    }

    mutating func text(_ text: String, choice: Int) {
        chunk(choice: choice, finishReason: nil) { $0.member("content", text) }
    }

    mutating func toolCall(_ call: EchoAnswer.ToolCall, index: Int, choice: Int) {
        let callID = callID(index)
        chunk(choice: choice, finishReason: nil) { delta in
            delta.array("tool_calls") {
                $0.object {
                    $0.member("index", index)
                    Self.write(call, id: callID, to: &$0)
                }
            }
        }
    }

    mutating func finish(_ reason: String, choice: Int) {
        chunk(choice: choice, finishReason: reason) { _ in }
    }

    mutating func usage(_ answer: EchoAnswer) {
        event.removeAll()
        let (id, model, created) = (id, model, created)
        event.appendJSON {
            $0.object {
                Self.writeHead("chat.completion.chunk", id, model, created, to: &$0)
                $0.array("choices") { _ in }
                Self.writeUsage(answer, to: &$0)
            }
        }
    }

    private mutating func chunk(choice: Int, finishReason: String?, _ delta: (inout JSONWriter) -> Void) {
        event.removeAll()
        let (id, model, created) = (id, model, created)
        event.appendJSON {
            $0.object {
                Self.writeHead("chat.completion.chunk", id, model, created, to: &$0)
                $0.array("choices") {
                    $0.object {
                        $0.member("index", choice)
                        $0.object("delta", delta)
                        $0.member("logprobs", String?.none)
                        $0.member("finish_reason", finishReason)
                    }
                }
            }
        }
    }

    // MARK: The whole answer

    mutating func whole(_ answer: EchoAnswer) {
        event.removeAll()
        let (id, model, created) = (id, model, created)
        event.appendJSON {
            $0.object {
                Self.writeHead("chat.completion", id, model, created, to: &$0)
                $0.array("choices") {
                    for choice in 0..<answer.choices { Self.writeChoice(answer, choice, id, to: &$0) }
                }
                Self.writeUsage(answer, to: &$0)
            }
        }
    }

    private static func writeChoice(_ answer: EchoAnswer, _ choice: Int, _ id: String, to writer: inout JSONWriter) {
        writer.object {
            $0.member("index", choice)
            $0.object("message") {
                $0.member("role", "assistant")
                let text = answer.pieces.joined()
                $0.member("content", text.isEmpty && !answer.toolCalls.isEmpty ? nil : text)
                $0.member("refusal", String?.none)
                guard !answer.toolCalls.isEmpty else { return }
                $0.array("tool_calls") {
                    for (index, call) in answer.toolCalls.enumerated() {
                        $0.object { write(call, id: "call_\(id)_\(index)", to: &$0) }
                    }
                }
            }
            $0.member("logprobs", String?.none)
            $0.member("finish_reason", answer.finishReason)
        }
    }

    // MARK: Parts

    private func callID(_ index: Int) -> String { "call_\(id)_\(index)" }

    private static func writeHead(
        _ object: StaticString, _ id: String, _ model: String, _ created: Int, to writer: inout JSONWriter
    ) {
        writer.member("id", id)
        writer.member("object", object)
        writer.member("created", created)
        writer.member("model", model)
        writer.member("system_fingerprint", "fp_echo")
    }

    private static func write(_ call: EchoAnswer.ToolCall, id: String, to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("type", "function")
        writer.object("function") {
            $0.member("name", call.name)
            $0.member("arguments", call.arguments)
        }
    }

    private static func writeUsage(_ answer: EchoAnswer, to writer: inout JSONWriter) {
        let completion = answer.completionTokens * answer.choices
        writer.object("usage") {
            $0.member("prompt_tokens", answer.promptTokens)
            $0.member("completion_tokens", completion)
            $0.member("total_tokens", answer.promptTokens + completion)
        }
    }
}
