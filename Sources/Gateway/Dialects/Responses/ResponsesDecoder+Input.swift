import Upstreams

/// `instructions` and the items of `input` as messages.
extension ResponsesDecoder {
    mutating func writeMessages(_ writer: inout JSONWriter) {
        writer.array("messages") { list in
            if let instructions = root.present("instructions") {
                if instructions.kind == .string {
                    list.message(role: "system", instructions)
                } else {
                    refuse("instructions", "must be a string.")
                }
            }
            writeInput(&list)
        }
    }

    private mutating func writeInput(_ list: inout JSONWriter) {
        guard let input = root.present("input") else { return refuseMissing("input") }
        switch input.kind {
        case .string: list.message(role: "user", input)
        case .array where input.count == 0: refuse("input", "must not be empty.", code: "empty_array")
        case .array:
            var turn = AssistantTurn()
            for (place, item) in input.elements.enumerated() { write(item, "input[\(place)]", &turn, &list) }
            turn.end(&list)
        default: refuse("input", "must be a string or an array.")
        }
    }

    private mutating func write(
        _ item: JSONValue, _ path: String, _ turn: inout AssistantTurn, _ list: inout JSONWriter
    ) {
        guard item.kind == .object else { return refuse(path, "must be an object.") }
        guard let type = item.present("type"), !type.isString("message") else {
            return writeMessage(item, path, &turn, &list)
        }
        if type.isString("function_call") {
            addCall(item, path, &turn)
        } else if type.isString("function_call_output") {
            turn.end(&list)
            writeOutput(item, path, &list)
        } else if !type.isString("reasoning") {
            // How a model came to its answer is for the provider that wrote it; other items would be missed.
            refuseUnsupported(
                "\(path).type",
                "must be 'message', 'function_call', 'function_call_output' or 'reasoning' for this model.")
        }
    }

    private mutating func writeMessage(
        _ item: JSONValue, _ path: String, _ turn: inout AssistantTurn, _ list: inout JSONWriter
    ) {
        guard let role = item.present("role") else { return refuseMissing("\(path).role") }
        guard let content = item.present("content") else { return refuseMissing("\(path).content") }
        guard content.kind == .string || content.kind == .array else {
            return refuse("\(path).content", "must be a string or an array.")
        }
        if role.isString("assistant") {
            if turn.hasSpoken { turn.end(&list) }
            return addSpeech(content, "\(path).content", &turn)
        }
        turn.end(&list)
        for known: StaticString in ["user", "system", "developer"] where role.isString(known) {
            return list.object { message in
                message.member("role", known)
                writeContent(content, "\(path).content", isUser: role.isString("user"), &message)
            }
        }
        refuse("\(path).role", "must be 'user', 'assistant', 'system' or 'developer'.", code: "invalid_value")
    }

    // MARK: Tools

    private mutating func addCall(_ item: JSONValue, _ path: String, _ turn: inout AssistantTurn) {
        for key: StaticString in ["call_id", "name", "arguments"] where item[key]?.kind != .string {
            return refuse("\(path).\(key)", "must be a string.")
        }
        turn.add(call: item)
    }

    private mutating func writeOutput(_ item: JSONValue, _ path: String, _ list: inout JSONWriter) {
        guard let id = item["call_id"], id.isFilledString else {
            return refuse("\(path).call_id", "must be a string that is not empty.")
        }
        guard let output = item.present("output") else { return refuseMissing("\(path).output") }
        guard output.kind == .string || output.kind == .array else {
            return refuse("\(path).output", "must be a string or an array.")
        }
        list.object { message in
            message.member("role", "tool")
            message.member("tool_call_id", copying: id)
            writeContent(output, "\(path).output", isUser: false, &message)
        }
    }
}
