import Upstreams

/// A whole answer as a message (docs.anthropic.com, "Messages"), made of a `chat.completion`.
struct MessagesAnswer {
    private let root: JSONValue
    private let model: String
    private let showsThinking: Bool
    private let parser: JSONParser

    init(_ root: JSONValue, model: String, showsThinking: Bool, _ parser: JSONParser) {
        self.root = root
        self.model = model
        self.showsThinking = showsThinking
        self.parser = parser
    }

    func write(to body: inout ByteBuffer) {
        let choice = root["choices"]?.elements.first(where: \.isFirstChoice)
        let message = choice?.present("message")
        var usage = MessagesUsage()
        usage.take(root["usage"])
        body.appendJSON { writer in
            writer.object { writer in
                Self.writeHead(root, model: model, &writer)
                writer.array("content") { content in
                    if let message { write(message, &content) }
                }
                let hasCalls = message?["tool_calls"]?.count ?? 0 > 0
                (choice.map { MessagesStop($0, hasCalls: hasCalls) } ?? .end).write(to: &writer)
                usage.write(to: &writer)
            }
        }
    }

    /// What a message begins with. `source`: a chunk or an answer.
    static func writeHead(_ source: JSONValue?, model: String, _ writer: inout JSONWriter) {
        let id = source?["id"]?.string ?? ""
        writer.member("id", id.hasPrefix("msg_") ? id : "msg_\(id)")
        writer.member("type", "message")
        writer.member("role", "assistant")
        if let named = source?["model"], named.isFilledString {
            writer.member("model", copying: named)
        } else {
            writer.member("model", model)
        }
    }

    /// The members of a call's block, but for its input. `number`: from 1, for providers that give calls no ids.
    static func writeCall(_ call: JSONValue, number: Int, _ block: inout JSONWriter) {
        block.member("type", "tool_use")
        if let id = call["id"], id.isFilledString {
            block.member("id", copying: id)
        } else {
            block.member("id", "toolu_\(number)")
        }
        if let name = call["function"]?["name"], name.kind == .string {
            block.member("name", copying: name)
        } else {
            block.member("name", "")
        }
    }

    private func write(_ message: JSONValue, _ content: inout JSONWriter) {
        if showsThinking { writeThinking(message, &content) }
        for text in [message["content"], message["refusal"]] {
            guard let text, text.isFilledString else { continue }
            content.object {
                $0.member("type", "text")
                $0.member("text", copying: text)
            }
        }
        var number = 0
        for call in message["tool_calls"]?.elements ?? message.elements {
            number += 1
            content.object { block in
                Self.writeCall(call, number: number, &block)
                writeInput(call["function"]?["arguments"], &block)
            }
        }
    }

    private func writeThinking(_ message: JSONValue, _ content: inout JSONWriter) {
        if let blocks = message.present("thinking_blocks"), blocks.count > 0 {
            for block in blocks.elements { block.withSource { content.element(raw: $0) } }
        } else if let text = message["reasoning_content"] ?? message["reasoning"], text.isFilledString {
            content.object {
                $0.member("type", "thinking")
                $0.member("thinking", copying: text)
                $0.member("signature", "")
            }
        }
    }

    /// The object that the text of the arguments holds. What a model wrote instead of one stays the text that it is, so
    /// that nobody takes it for a call without arguments.
    private func writeInput(_ arguments: JSONValue?, _ block: inout JSONWriter) {
        guard let arguments, arguments.isFilledString else { return block.object("input") { _ in } }
        let document = arguments.withUTF8 { text in try? parser.parse(text) }
        if let input = document??.root, input.kind == .object {
            block.member("input", copying: input)
        } else {
            block.member("input", copying: arguments)
        }
    }
}
