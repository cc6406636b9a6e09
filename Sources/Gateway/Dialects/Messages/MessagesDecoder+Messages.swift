import Upstreams

/// Messages: `system` becomes the first of them, results of tools become messages of their own in front of the turn that
/// holds them.
extension MessagesDecoder {
    mutating func writeMessages(_ writer: inout JSONWriter) {
        guard let messages = root.present("messages"), messages.kind == .array, messages.count > 0 else {
            return refuse("messages", "must be an array that is not empty.")
        }
        writer.array("messages") { list in
            writeSystem(&list)
            for (place, message) in messages.elements.enumerated() { write(message, "messages.\(place)", &list) }
        }
    }

    private mutating func writeSystem(_ list: inout JSONWriter) {
        guard let system = root.present("system") else { return }
        switch system.kind {
        case .string where system.isFilledString:
            list.message(role: "system", system)
        case .array where system.count > 0:
            list.object { message in
                message.member("role", "system")
                writeTexts(system, "system", &message)
            }
        case .string, .array: return
        default: refuse("system", "must be a string or an array of text blocks.")
        }
    }

    private mutating func write(_ message: JSONValue, _ path: String, _ list: inout JSONWriter) {
        guard let role = message["role"] else { return refuse("\(path).role", "Field required.") }
        let isAssistant = role.isString("assistant")
        guard isAssistant || role.isString("user") else {
            return refuse("\(path).role", "must be 'user' or 'assistant'.")
        }
        guard let content = message.present("content") else { return refuse("\(path).content", "Field required.") }
        switch content.kind {
        case .string: list.message(role: isAssistant ? "assistant" : "user", content)
        case .array where isAssistant: writeAnswer(content, "\(path).content", &list)
        case .array: writeQuestion(content, "\(path).content", &list)
        default: refuse("\(path).content", "must be a string or an array of blocks.")
        }
    }

    // MARK: The user's side

    private mutating func writeQuestion(_ blocks: JSONValue, _ path: String, _ list: inout JSONWriter) {
        var parts = ByteBuffer()
        parts.appendJSON { parts in
            parts.array { parts in
                for (number, block) in blocks.elements.enumerated() {
                    if block["type"]?.isString("tool_result") == true {
                        writeResult(block, "\(path).\(number)", &list, &parts)
                    } else {
                        writePart(block, "\(path).\(number)", &parts)
                    }
                }
            }
        }
        guard parts.count > 2 else { return }
        list.object { message in
            message.member("role", "user")
            parts.withBytes { message.member("content", raw: $0) }
        }
    }

    /// A message of the role `tool`, which holds text alone: its images and documents go to `parts` of the user's
    /// message behind it.
    private mutating func writeResult(
        _ block: JSONValue, _ path: String, _ list: inout JSONWriter, _ parts: inout JSONWriter
    ) {
        guard let id = block["tool_use_id"], id.isFilledString else {
            return refuse("\(path).tool_use_id", "Field required.")
        }
        var texts: [JSONValue] = []
        let content = block.present("content")
        if let content, content.kind == .string {
            texts = [content]
        } else if let content {
            for (number, inner) in content.elements.enumerated() {
                if inner["type"]?.isString("text") == true, let text = inner["text"], text.kind == .string {
                    texts.append(text)
                } else {
                    writePart(inner, "\(path).content.\(number)", &parts)
                }
            }
        }
        list.object { message in
            message.member("role", "tool")
            message.member("tool_call_id", copying: id)
            Self.write(texts: texts, &message)
            if block["is_error"]?.bool == true { message.member("is_error", true) }
            Self.write(cache: block, &message)
        }
    }

    // MARK: The model's side

    private mutating func writeAnswer(_ blocks: JSONValue, _ path: String, _ list: inout JSONWriter) {
        var (texts, thoughts, calls): ([JSONValue], [JSONValue], [JSONValue]) = ([], [], [])
        for (number, block) in blocks.elements.enumerated() {
            guard let type = block["type"] else { return refuse("\(path).\(number).type", "Field required.") }
            if type.isString("text"), let text = block["text"], text.kind == .string {
                texts.append(text)
            } else if type.isString("thinking") {
                // Without a signature it is not the provider's, or comes from one that knows none.
                if block["signature"]?.isFilledString == true { thoughts.append(block) }
            } else if type.isString("redacted_thinking") {
                thoughts.append(block)
            } else if type.isString("tool_use"), block["id"]?.kind == .string, block["name"]?.kind == .string {
                calls.append(block)
            } else {
                refuseUnsupported("\(path).\(number)", "Blocks of this type in a message of the assistant are")
            }
        }
        list.object { message in
            message.member("role", "assistant")
            if texts.isEmpty, !calls.isEmpty {
                message.member("content", String?.none)
            } else {
                Self.write(texts: texts, &message)
            }
            if !thoughts.isEmpty {
                message.array("thinking_blocks") { list in
                    for block in thoughts { block.withSource { list.element(raw: $0) } }
                }
            }
            guard !calls.isEmpty else { return }
            message.array("tool_calls") { list in for call in calls { Self.write(call: call, &list) } }
        }
    }

    private static func write(call: JSONValue, _ list: inout JSONWriter) {
        list.object { entry in
            if let id = call["id"] { entry.member("id", copying: id) }
            entry.member("type", "function")
            entry.object("function") { function in
                if let name = call["name"] { function.member("name", copying: name) }
                if let input = call["input"], input.kind == .object {
                    input.withSource { function.member("arguments", utf8: $0) }
                } else {
                    function.member("arguments", "{}")
                }
            }
            write(cache: call, &entry)
        }
    }
}
