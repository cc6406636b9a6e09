import Upstreams

/// Makes the events of a stream (`chat.completion.chunk`) of one whole answer (`chat.completion`): for each choice one
/// event with all that it says and one with its end, then the usage if the client wants it.
struct AnswerSplitter {
    let parser: JSONParser
    let wantsUsage: Bool

    /// Hands out the events in order. An answer that is no chat completion is handed out as it is.
    func split(_ answer: RawSpan, _ send: (RawSpan) -> Void) {
        guard let document = try? parser.parse(answer), let choices = document.root["choices"], choices.kind == .array
        else { return send(answer) }
        let root = document.root
        for choice in choices.elements {
            emit(root, send) { $0.array("choices") { $0.object { writeText(choice, to: &$0) } } }
            emit(root, send) { $0.array("choices") { $0.object { writeEnd(choice, to: &$0) } } }
        }
        guard wantsUsage, let usage = root["usage"], !usage.isNull else { return }
        emit(root, send) { writer in
            writer.array("choices") { _ in }
            usage.withSource { writer.member("usage", raw: $0) }
        }
    }

    private func emit(_ root: JSONValue, _ send: (RawSpan) -> Void, _ body: (inout JSONWriter) -> Void) {
        var event = ByteBuffer()
        event.appendJSON {
            $0.object { writer in
                for member in root.members
                where !member.hasKey("choices") && !member.hasKey("usage") && !member.hasKey("object") {
                    writer.key(member.key)
                    member.value.withSource { writer.element(raw: $0) }
                }
                writer.member("object", "chat.completion.chunk")
                body(&writer)
            }
        }
        event.withBytes { send($0) }
    }

    private func writeText(_ choice: JSONValue, to writer: inout JSONWriter) {
        writer.member("index", choice["index"]?.int ?? 0)
        writer.object("delta") { writer in
            guard let message = choice["message"] else { return }
            for member in message.members {
                if member.hasKey("tool_calls"), member.value.kind == .array {
                    writeCalls(member.value, to: &writer)
                } else {
                    writer.key(member.key)
                    member.value.withSource { writer.element(raw: $0) }
                }
            }
        }
        writer.key("logprobs")
        if let logprobs = choice["logprobs"] {
            logprobs.withSource { writer.element(raw: $0) }
        } else {
            writer.element(String?.none)
        }
        writer.member("finish_reason", String?.none)
    }

    /// The index is on every delta of a tool call.
    private func writeCalls(_ calls: JSONValue, to writer: inout JSONWriter) {
        writer.array("tool_calls") { writer in
            for (index, call) in calls.elements.enumerated() {
                writer.object { writer in
                    writer.member("index", index)
                    for member in call.members where !member.hasKey("index") {
                        writer.key(member.key)
                        member.value.withSource { writer.element(raw: $0) }
                    }
                }
            }
        }
    }

    private func writeEnd(_ choice: JSONValue, to writer: inout JSONWriter) {
        writer.member("index", choice["index"]?.int ?? 0)
        writer.object("delta") { _ in }
        for member in choice.members
        where !member.hasKey("index") && !member.hasKey("message") && !member.hasKey("logprobs") {
            writer.key(member.key)
            member.value.withSource { writer.element(raw: $0) }
        }
    }
}
