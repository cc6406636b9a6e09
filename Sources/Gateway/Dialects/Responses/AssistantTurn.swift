import Upstreams

/// A turn of the assistant: what it said and the tools that it called, which are items of their own in the Responses API
/// and one message in the canonical form.
///
/// States: empty → filled → empty again by `end`, which writes the message.
struct AssistantTurn {
    private var texts: [JSONValue] = []
    private var refusal: JSONValue?
    private var calls: [JSONValue] = []

    /// Whether it has said something; what is said next is another turn.
    var hasSpoken: Bool { !texts.isEmpty || refusal != nil }

    mutating func add(text: JSONValue) { texts.append(text) }

    mutating func add(refusal: JSONValue) { self.refusal = refusal }

    /// `call`: an item with `call_id`, `name` and `arguments`.
    mutating func add(call: JSONValue) { calls.append(call) }

    mutating func end(_ list: inout JSONWriter) {
        guard hasSpoken || !calls.isEmpty else { return }
        list.object { message in
            message.member("role", "assistant")
            if texts.isEmpty {
                message.member("content", String?.none)
            } else {
                ResponsesDecoder.write(texts: texts, &message)
            }
            if let refusal { message.member("refusal", copying: refusal) }
            guard !calls.isEmpty else { return }
            message.array("tool_calls") { list in
                for call in calls { Self.write(call, &list) }
            }
        }
        self = AssistantTurn()
    }

    private static func write(_ call: JSONValue, _ list: inout JSONWriter) {
        list.object { entry in
            if let id = call["call_id"] { entry.member("id", copying: id) }
            entry.member("type", "function")
            entry.object("function") { function in
                if let name = call["name"] { function.member("name", copying: name) }
                if let arguments = call["arguments"] { function.member("arguments", copying: arguments) }
            }
        }
    }
}
