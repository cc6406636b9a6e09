/// What the echo model says to a request: text, tool calls, and how many tokens they are.
struct EchoAnswer {
    struct ToolCall {
        let name: String
        /// The text after the name, as it stands.
        let arguments: String
    }

    /// Text in the order of saying; empty if there are only tool calls.
    let pieces: [String]
    let toolCalls: [ToolCall]
    let finishReason: String
    let promptTokens: Int
    let completionTokens: Int
    /// How many answers the request wants (`n`).
    let choices: Int

    init(to request: JSONValue, script: [EchoUpstream.Settings.Reply]) {
        var said = ""
        var promptTokens = 0
        // Anything but an array has no elements.
        for message in (request["messages"] ?? request).elements {
            let text = Self.text(of: message["content"])
            promptTokens += max(1, Self.pieces(of: text).count)
            if message["role"]?.isString("user") == true || message["role"]?.isString("tool") == true { said = text }
        }
        let reply = script.first { $0.match.isEmpty || said.contains($0.match) }?.reply ?? said
        var (text, toolCalls) = Self.splitToolCalls(reply, offered: request["tools"])
        let limit = (request["max_completion_tokens"] ?? request["max_tokens"])?.int
        var pieces = Self.pieces(of: text)
        var finishReason = toolCalls.isEmpty ? "stop" : "tool_calls"
        if let limit, limit < pieces.count {
            pieces.removeLast(pieces.count - max(0, limit))
            text = ""
            toolCalls = []
            finishReason = "length"
        }
        self.pieces = pieces
        self.toolCalls = toolCalls
        self.finishReason = finishReason
        self.promptTokens = promptTokens
        completionTokens = pieces.count + toolCalls.reduce(0) { $0 + 1 + Self.pieces(of: $1.arguments).count }
        choices = min(max(1, request["n"]?.int ?? 1), 128)
    }

    /// A message's content: a string, or the text parts of an array.
    private static func text(of content: JSONValue?) -> String {
        guard let content else { return "" }
        if let text = content.string { return text }
        return content.elements.compactMap { $0["text"]?.string }.joined(separator: "\n")
    }

    /// Words, each with the blanks behind it; their concatenation is the text.
    static func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var start = text.startIndex
        var wasBlank = false
        for index in text.indices {
            let isBlank = text[index].isWhitespace
            if wasBlank, !isBlank {
                pieces.append(String(text[start..<index]))
                start = index
            }
            wasBlank = isBlank
        }
        if start < text.endIndex { pieces.append(String(text[start...])) }
        return pieces
    }

    /// Takes the lines `call NAME {arguments}` that name an offered tool out of the text.
    private static func splitToolCalls(_ text: String, offered tools: JSONValue?) -> (String, [ToolCall]) {
        guard let tools, text.contains("call ") else { return (text, []) }
        let names = Set(tools.elements.compactMap { $0["function"]?["name"]?.string })
        var calls: [ToolCall] = []
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            let words = line.split(separator: " ", maxSplits: 2)
            guard words.count >= 2, words[0] == "call", names.contains(String(words[1])) else { return true }
            calls.append(ToolCall(name: String(words[1]), arguments: words.count > 2 ? String(words[2]) : "{}"))
            return false
        }
        return calls.isEmpty ? (text, []) : (lines.joined(separator: "\n"), calls)
    }
}
