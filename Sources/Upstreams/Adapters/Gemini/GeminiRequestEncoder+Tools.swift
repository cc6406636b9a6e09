/// Tools: what may be called, what was called, and what came of it.
extension GeminiRequestEncoder {
    mutating func writeTools(_ writer: inout JSONWriter) {
        guard let tools = root.present("tools"), tools.count > 0 else { return }
        writer.array("tools") { list in
            list.object { entry in
                entry.array("functionDeclarations") { functions in
                    for (number, tool) in tools.elements.enumerated() {
                        writeFunction(tool, "tools[\(number)]", &functions)
                    }
                }
            }
        }
        writeChoice(&writer)
    }

    private mutating func writeFunction(_ tool: JSONValue, _ path: String, _ functions: inout JSONWriter) {
        guard let (function, name) = Self.function(tool) else {
            return refusals.unsupportedValue("\(path).type", "only tools of type 'function' are supported")
        }
        functions.object { entry in
            entry.member("name", copying: name)
            if let text = function.present("description") { entry.member("description", copying: text) }
            if let schema = function.present("parameters"), schema.count > 0 {
                entry.member("parametersJsonSchema", copying: schema)
            }
        }
    }

    private mutating func writeChoice(_ writer: inout JSONWriter) {
        guard let choice = root.present("tool_choice") else { return }
        let mode: StaticString
        var name: JSONValue?
        if choice.isString("auto") {
            mode = "AUTO"
        } else if choice.isString("none") {
            mode = "NONE"
        } else {
            mode = "ANY"
            name = choice["function"]?["name"]
            guard name != nil || choice.isString("required") else {
                return refuseChoice()
            }
        }
        writer.object("toolConfig") { config in
            config.object("functionCallingConfig") { calling in
                calling.member("mode", mode)
                guard let name else { return }
                calling.array("allowedFunctionNames") { names in name.withSource { names.element(raw: $0) } }
            }
        }
    }

    // MARK: Calls and results

    /// A call goes back with the signature of the thought that led to it, if the client kept it.
    mutating func writeCall(_ call: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        guard let function = call["function"], let name = function["name"] else {
            return refusals.unsupportedValue(path, "only calls of functions are supported")
        }
        parts.object { part in
            part.object("functionCall") {
                $0.member("name", copying: name)
                writeArguments(of: function, as: "args", path, &$0)
            }
            if let signature = call["extra_content"]?["google"]?.present("thought_signature") {
                part.member("thoughtSignature", copying: signature)
            }
        }
    }

    /// A result names the function, not the call: the name is looked up in the calls before it. What is no JSON object
    /// becomes the member `result` of one.
    mutating func writeResult(_ message: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        guard let name = functionName(of: message["tool_call_id"]) else {
            return refusals.invalid("\(path).tool_call_id", "a tool's message must name a call in a message before it")
        }
        let text = resultText(message.present("content"), path)
        parts.object { part in
            part.object("functionResponse") { response in
                response.member("name", copying: name)
                text.withBytes { bytes in
                    if let object = try? parser.parse(bytes).root, object.kind == .object {
                        response.member("response", copying: object)
                    } else {
                        response.object("response") { $0.member("result", utf8: bytes) }
                    }
                }
            }
        }
    }

    private func functionName(of id: JSONValue?) -> JSONValue? {
        guard let id = id?.string, let messages = root.present("messages") else { return nil }
        for message in messages.elements {
            guard let calls = message.present("tool_calls") else { continue }
            for call in calls.elements where call["id"]?.string == id { return call["function"]?["name"] }
        }
        return nil
    }

    /// The text of a tool's message, which is a string or parts of text.
    private mutating func resultText(_ content: JSONValue?, _ path: String) -> ByteBuffer {
        var text = ByteBuffer()
        if content?.kind == .string { _ = content?.withUTF8 { text.append($0) } }
        guard let content, content.kind == .array else { return text }
        for (number, part) in content.elements.enumerated() {
            guard let piece = part["text"] else {
                refusals.unsupportedValue("\(path).content[\(number)].type", "a tool's result must be text")
                break
            }
            _ = piece.withUTF8 { text.append($0) }
        }
        return text
    }
}
