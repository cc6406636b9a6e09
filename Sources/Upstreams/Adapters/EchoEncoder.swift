/// Writes the echo model's events and answers in OpenAI's form.
struct EchoEncoder: ~Copyable {
    private let object: ChatObject
    /// The event being made; reused.
    private(set) var event = ByteBuffer()

    init(id: String, number: Int, model: String, created: Int) {
        object = ChatObject(id: "chatcmpl-\(id)-\(number)", model: model, created: created, fingerprint: "fp_echo")
    }

    // MARK: Events of a stream

    mutating func role(choice: Int) {
        chunk(choice: choice) { $0.assistantRole() }
    }

    mutating func text(_ text: String, choice: Int) {
        chunk(choice: choice) { $0.member("content", text) }
    }

    mutating func toolCall(_ call: EchoAnswer.ToolCall, index: Int, choice: Int) {
        let callID = callID(index)
        chunk(choice: choice) { delta in
            delta.array("tool_calls") {
                $0.object {
                    $0.member("index", index)
                    Self.write(call, id: callID, to: &$0)
                }
            }
        }
    }

    mutating func finish(_ reason: String, choice: Int) {
        chunk(choice: choice, finish: reason) { _ in }
    }

    mutating func usage(_ answer: EchoAnswer) {
        event.removeAll()
        object.writeLastChunk(to: &event) { Self.writeUsage(answer, to: &$0) }
    }

    private mutating func chunk(choice: Int, finish: String? = nil, _ delta: (inout JSONWriter) -> Void) {
        event.removeAll()
        object.writeChunk(choice: choice, finish: finish, to: &event, delta: delta)
    }

    // MARK: The whole answer

    mutating func whole(_ answer: EchoAnswer) {
        event.removeAll()
        let id = object.id
        object.writeWhole(choices: answer.choices, finish: answer.finishReason, to: &event) {
            Self.writeUsage(answer, to: &$0)
        } message: {
            Self.writeMessage(answer, id, to: &$0)
        }
    }

    private static func writeMessage(_ answer: EchoAnswer, _ id: String, to message: inout JSONWriter) {
        message.member("role", "assistant")
        let text = answer.pieces.joined()
        message.member("content", text.isEmpty && !answer.toolCalls.isEmpty ? nil : text)
        message.member("refusal", String?.none)
        guard !answer.toolCalls.isEmpty else { return }
        message.array("tool_calls") {
            for (index, call) in answer.toolCalls.enumerated() {
                $0.object { write(call, id: "call_\(id)_\(index)", to: &$0) }
            }
        }
    }

    // MARK: Parts

    private func callID(_ index: Int) -> String { "call_\(object.id)_\(index)" }

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
