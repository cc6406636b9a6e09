/// Makes a request of a provider's API of a canonical one: what the encoders for all APIs but OpenAI's have in common.
///
/// What cannot be asked for is noted in `refusals`, and thrown by `encode` at the end.
protocol ProviderEncoder {
    /// How the turns of a chat are called.
    typealias TurnNames = (list: StaticString, model: StaticString, content: StaticString)
    static var turnNames: TurnNames { get }

    var root: JSONValue { get }
    var parser: JSONParser { get }
    var refusals: Refusals { get set }

    /// Content that is text, if there is any. `cache`: the `cache_control` that goes with it.
    func writeText(_ text: JSONValue, _ cache: JSONValue?, _ list: inout JSONWriter)
    /// A part of a message that is not text; false: the provider takes none of this type.
    mutating func writePart(_ part: JSONValue, of type: JSONValue, _ path: String, _ list: inout JSONWriter) -> Bool
    /// A message as content of a turn. `isLast`: of the last turn.
    mutating func write(_ message: JSONValue, _ path: String, isLast: Bool, _ list: inout JSONWriter)
    /// A call of a tool in a message of the model.
    mutating func writeCall(_ call: JSONValue, _ path: String, _ list: inout JSONWriter)
}

extension ProviderEncoder {
    /// The body with these members.
    mutating func encode(
        _ members: (inout Self, inout JSONWriter, MessageTurns) -> Void
    ) throws(UpstreamError) -> ByteBuffer {
        let turns = MessageTurns(root, &refusals)
        var body = ByteBuffer()
        body.appendJSON { writer in writer.object { members(&self, &$0, turns) } }
        if let error = refusals.first { throw error }
        return body
    }

    // MARK: Messages

    /// A member with what `body` writes into a list; none if that is nothing.
    mutating func writeList(
        _ key: StaticString, _ writer: inout JSONWriter, _ body: (inout Self, inout JSONWriter) -> Void
    ) {
        let list = list(body)
        if list.count > 2 { list.withBytes { writer.member(key, raw: $0) } }
    }

    /// A list as JSON; two bytes if `body` writes nothing.
    mutating func list(_ body: (inout Self, inout JSONWriter) -> Void) -> ByteBuffer {
        var list = ByteBuffer()
        list.appendJSON { writer in writer.array { body(&self, &$0) } }
        return list
    }

    /// The content of all instructions.
    mutating func writeInstructions(_ turns: MessageTurns, _ list: inout JSONWriter) {
        for (place, message) in turns.instructions { writeContent(of: message, "messages[\(place)]", &list) }
    }

    mutating func writeTurns(_ turns: MessageTurns, _ writer: inout JSONWriter) {
        writer.array(Self.turnNames.list) { list in
            for (number, turn) in turns.turns.enumerated() {
                let isLast = number == turns.turns.count - 1
                let content = self.list { encoder, list in
                    for (place, message) in turn.messages {
                        encoder.write(message, "messages[\(place)]", isLast: isLast, &list)
                    }
                }
                // No provider takes a turn without content.
                guard content.count > 2 else { continue }
                list.object { writer in
                    writer.member("role", turn.isAssistant ? Self.turnNames.model : "user")
                    content.withBytes { writer.member(Self.turnNames.content, raw: $0) }
                }
            }
        }
    }

    /// The content of a message, which is text, parts or nothing. `isNested`: in a block that has the message's
    /// `cache_control` already.
    mutating func writeContent(
        of message: JSONValue, _ path: String, isNested: Bool = false, _ list: inout JSONWriter
    ) {
        guard let content = message.present("content") else { return }
        switch content.kind {
        case .string: writeText(content, isNested ? nil : message["cache_control"], &list)
        case .array:
            for (number, part) in content.elements.enumerated() {
                writePart(part, "\(path).content[\(number)]", &list)
            }
        default: refusals.invalid("\(path).content", "'content' must be a string or an array of parts")
        }
    }

    private mutating func writePart(_ part: JSONValue, _ path: String, _ list: inout JSONWriter) {
        guard let type = part["type"] else { return refusals.invalid("\(path).type", "a part must have a 'type'") }
        if type.isString("text"), let text = part["text"] {
            writeText(text, part["cache_control"], &list)
        } else if type.isString("refusal"), let text = part["refusal"] {
            writeText(text, part["cache_control"], &list)
        } else if !writePart(part, of: type, path, &list) {
            refusals.unsupportedValue("\(path).type", "parts of this type are not supported with this model")
        }
    }

    // MARK: Tools

    /// The function that a tool is, and its name; nil for any other tool.
    static func function(_ tool: JSONValue) -> (function: JSONValue, name: JSONValue)? {
        guard tool["type"]?.isString("function") == true, let function = tool["function"], let name = function["name"]
        else { return nil }
        return (function, name)
    }

    mutating func writeCalls(of message: JSONValue, _ path: String, _ list: inout JSONWriter) {
        if message.present("function_call") != nil {
            refusals.unsupported("\(path).function_call", "'function_call' is not supported; use 'tool_calls'")
        }
        guard let calls = message.present("tool_calls") else { return }
        for (number, call) in calls.elements.enumerated() { writeCall(call, "\(path).tool_calls[\(number)]", &list) }
    }

    /// The object whose JSON is the text of `arguments`; no text is an empty one.
    mutating func writeArguments(
        of function: JSONValue, as key: StaticString, _ path: String, _ call: inout JSONWriter
    ) {
        guard let arguments = function["arguments"], arguments.isFilledString else { return call.object(key) { _ in } }
        let document = arguments.withUTF8 { text in try? parser.parse(text) }
        guard let object = document??.root, object.kind == .object else {
            return refusals.invalid(
                "\(path).function.arguments", "the arguments of a tool call must be the JSON of an object")
        }
        call.member(key, copying: object)
    }

    /// Ids of other providers may hold what most refuse: these get letters, digits, `_` and `-`.
    static func write(_ key: StaticString, plain id: JSONValue, _ block: inout JSONWriter) {
        let isPlain: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        block.member(key, String((id.string ?? "").map { isPlain($0) ? $0 : "_" }))
    }

    // MARK: Scalars

    mutating func writeNumber(_ key: StaticString, as own: StaticString, _ writer: inout JSONWriter) {
        guard let value = root.present(key) else { return }
        guard value.kind == .number else {
            return refusals.invalid(key.description, "'\(key)' must be a number")
        }
        writer.member(own, copying: value)
    }

    /// How many tokens an answer may have at most, as the request says it.
    mutating func maxTokens() -> Int? { tokens("max_completion_tokens") ?? tokens("max_tokens") }

    private mutating func tokens(_ key: StaticString) -> Int? {
        guard let value = root.present(key) else { return nil }
        if let tokens = value.int, tokens > 0 { return tokens }
        refusals.invalid(key.description, "'\(key)' must be a positive integer")
        return nil
    }

    mutating func writeStop(as key: StaticString, _ writer: inout JSONWriter) {
        guard let stop = root.present("stop") else { return }
        switch stop.kind {
        case .string: writer.array(key) { array in stop.withSource { array.element(raw: $0) } }
        case .array: writer.member(key, copying: stop)
        default: refusals.invalid("stop", "'stop' must be a string or an array of strings")
        }
    }

    mutating func refuseFormat() {
        refusals.unsupportedValue("response_format", "this 'response_format' is not supported with this model")
    }

    mutating func refuseChoice() {
        refusals.unsupportedValue("tool_choice", "this 'tool_choice' is not supported with this model")
    }

    /// The members that OpenAI's API does not have, except those of these names.
    func writeUnknown(except own: [StaticString], _ writer: inout JSONWriter) {
        ForeignFields.forEachUnknown(of: root, except: own) { member in
            writer.key(member.key)
            member.value.withSource { writer.element(raw: $0) }
        }
    }
}
