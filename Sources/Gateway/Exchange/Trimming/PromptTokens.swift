import Policies
import Upstreams

/// Counts the tokens of a request's prompt: of a chat (OpenAI API reference, chat completions), or of what is embedded.
///
/// Each message costs four tokens for its frame and its role, and the answer's beginning costs three; a name costs one
/// more than its text and a tool call three more. Tools, functions and the response format count as their JSON text.
/// Media cost what `partTokens` says. Ids cost nothing, since models do not see them.
struct PromptTokens {
    /// Counts texts exactly, or by estimate.
    private var counter: TokenCounter
    private var known = TokenMemo()
    private let imageTokens: Int

    private static let perMessage = 4
    private static let perAnswer = 3
    private static let perToolCall = 3
    private static let lowDetailImage = 85
    /// Base64 characters of a file or of sound that count for a token: rough, as formats differ by far.
    private static let fileCharacters = 16
    private static let soundCharacters = 2048

    init(_ counter: TokenCounter, imageTokens: Int) {
        self.counter = counter
        self.imageTokens = imageTokens
    }

    /// What limits take for granted of a model; the defaults of `trim_history`.
    static let limitEncoding = TokenEncoding.o200k
    static let limitImageTokens = 765

    /// The estimate that limits go by.
    static var forLimits: PromptTokens {
        PromptTokens(TokenCounter(estimatingFor: limitEncoding), imageTokens: limitImageTokens)
    }

    /// What a request asks the model to read. Moderations cost nothing, and of what is relayed as it is nobody knows.
    mutating func prompt(_ request: CompletionRequest) -> Int {
        switch request.operation {
        case .chat: prompt(request.document.root)
        case .embeddings: request.document.root["input"].map { input($0) } ?? 0
        case .moderations, .images, .audio, .files, .batches, .responses: 0
        }
    }

    /// Texts, the tokens of one text, or those of several: each number is a token.
    private mutating func input(_ input: JSONValue) -> Int {
        guard input.kind == .array else { return text(input) }
        var count = 0
        for element in input.elements {
            switch element.kind {
            case .number: count += 1
            case .array: count += element.count
            default: count += text(element)
            }
        }
        return count
    }

    /// The whole prompt of a chat.
    mutating func prompt(_ root: JSONValue) -> Int {
        let (fixed, messages) = count(root)
        return messages.reduce(fixed, +)
    }

    /// The prompt of a chat: the tokens of each message, and of what it has besides them.
    mutating func count(_ root: JSONValue) -> (fixed: Int, messages: [Int]) {
        var fixed = Self.perAnswer
        var messages: JSONValue?
        root.forEachMember(among: Self.read) { name, value in
            switch name {
            case 0: messages = value
            case nil: break
            default: fixed += source(value)
            }
        }
        return (fixed, messages.map { self.messages($0) } ?? [])
    }

    /// Members of a request that models read, its messages first.
    private static let read: [StaticString] = ["messages", "tools", "functions", "response_format"]

    private mutating func messages(_ array: JSONValue) -> [Int] {
        var counts: [Int] = []
        counts.reserveCapacity(array.count)
        for message in array.elements { counts.append(self.message(message)) }
        return counts
    }

    /// Members of a message that count in another way than as their text.
    private enum MessageMember: Int {
        case role, content, name, toolCalls, toolCallID, id, functionCall

        static let names: [StaticString] = [
            "role", "content", "name", "tool_calls", "tool_call_id", "id", "function_call",
        ]
    }

    mutating func message(_ message: JSONValue) -> Int {
        var count = Self.perMessage
        message.forEachMember(among: MessageMember.names) { name, value in
            switch name.flatMap(MessageMember.init) {
            case .role, .toolCallID, .id: break
            case .content: count += content(value)
            case .toolCalls:
                for call in value.elements { count += toolCall(call["function"] ?? call["custom"] ?? call) }
            case .functionCall: count += toolCall(value)
            case .name: count += text(value) + 1
            case nil: count += text(value)
            }
        }
        return count
    }

    // MARK: Parts

    private mutating func content(_ content: JSONValue) -> Int {
        guard content.kind == .array else { return text(content) }
        var count = 0
        for part in content.elements { count += self.part(part) }
        return count
    }

    private mutating func part(_ part: JSONValue) -> Int {
        if let image = part["image_url"] {
            return image["detail"]?.isString("low") == true ? min(Self.lowDetailImage, imageTokens) : imageTokens
        }
        if let sound = part["input_audio"] { return (sound["data"]?.utf8Count ?? 0) / Self.soundCharacters + 1 }
        if let file = part["file"] { return (file["file_data"]?.utf8Count ?? 0) / Self.fileCharacters + 1 }
        return part["text"].map { text($0) } ?? part["refusal"].map { text($0) } ?? source(part)
    }

    private mutating func toolCall(_ call: JSONValue) -> Int {
        var count = Self.perToolCall
        for member in call.members where !member.hasKey("id") && !member.hasKey("type") { count += text(member.value) }
        return count
    }

    /// A string's text, the JSON text of anything larger, and nothing for other scalars.
    private mutating func text(_ value: JSONValue) -> Int {
        switch value.kind {
        case .string: value.withUTF8 { tokens(in: $0) } ?? 0
        case .object, .array: source(value)
        case .number, .bool, .null: 0
        }
    }

    private mutating func source(_ value: JSONValue) -> Int {
        value.withSource { tokens(in: $0) }
    }

    private mutating func tokens(in text: RawSpan) -> Int {
        let key = known.key(text)
        if let tokens = known[key] { return tokens }
        let tokens = counter.tokens(in: text)
        known[key] = tokens
        return tokens
    }
}
