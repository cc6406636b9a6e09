import Upstreams

/// What is asked.
struct ChatPrompt {
    let text: String
    var model = ""
    var system: String?
    /// A new one each time, so that no chat goes on with another's history.
    let conversation = "chat-" + String(UInt64.random(in: .min ... .max), radix: 16)

    /// OpenAI's messages.
    func write(to messages: inout JSONWriter) {
        if let system { Self.write(role: "system", system, to: &messages) }
        Self.write(role: "user", text, to: &messages)
    }

    private static func write(role: StaticString, _ content: String, to messages: inout JSONWriter) {
        messages.object { message in
            message.member("role", role)
            message.member("content", content)
        }
    }
}
