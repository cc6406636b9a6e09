/// Tools: what may be called, what was called, and what came of it.
extension AnthropicRequestEncoder {
    mutating func writeTools(_ writer: inout JSONWriter) {
        guard let tools = root.present("tools"), tools.count > 0 else { return }
        writer.array("tools") { list in
            for (number, tool) in tools.elements.enumerated() { writeTool(tool, "tools[\(number)]", &list) }
        }
        writeToolChoice(&writer)
    }

    private mutating func writeTool(_ tool: JSONValue, _ path: String, _ list: inout JSONWriter) {
        guard let (function, name) = Self.function(tool) else {
            guard encoding.unknown == .pass else {
                return refusals.unsupportedValue("\(path).type", "only tools of type 'function' are supported")
            }
            return tool.withSource { list.element(raw: $0) }
        }
        list.object { entry in
            entry.member("name", copying: name)
            if let description = function.present("description") {
                entry.member("description", copying: description)
            }
            Self.write(schema: function.present("parameters"), &entry)
            if encoding.structuredOutputs, function["strict"]?.bool == true { entry.member("strict", true) }
            Self.write(cache: tool["cache_control"] ?? function["cache_control"], &entry)
        }
    }

    /// The provider wants a schema of an object, also of a function without parameters.
    private static func write(schema: JSONValue?, _ entry: inout JSONWriter) {
        guard let schema, schema.kind == .object, schema.count > 0 else {
            return entry.object("input_schema") {
                $0.member("type", "object")
                $0.object("properties") { _ in }
            }
        }
        guard schema.present("type") == nil else { return entry.member("input_schema", copying: schema) }
        var splice = JSONSplice()
        splice.set("type", to: "object")
        var whole = ByteBuffer()
        splice.write(schema, to: &whole)
        whole.withBytes { entry.member("input_schema", raw: $0) }
    }

    private mutating func writeToolChoice(_ writer: inout JSONWriter) {
        let isSerial = root["parallel_tool_calls"]?.bool == false
        let choice = root.present("tool_choice")
        guard choice != nil || isSerial else { return }
        let type: StaticString
        var name: JSONValue?
        switch choice {
        case nil: type = "auto"
        case let choice? where choice.isString("auto"): type = "auto"
        case let choice? where choice.isString("none"): type = "none"
        case let choice? where choice.isString("required"): type = "any"
        case let choice?:
            name = choice["function"]?["name"]
            guard name != nil else {
                return refuseChoice()
            }
            type = "tool"
        }
        writer.object("tool_choice") { writer in
            writer.member("type", type)
            if let name { writer.member("name", copying: name) }
            if isSerial, !type.equals("none") { writer.member("disable_parallel_tool_use", true) }
        }
    }

    // MARK: Calls and results

    mutating func writeCall(_ call: JSONValue, _ path: String, _ blocks: inout JSONWriter) {
        guard let id = call["id"], let function = call["function"], let name = function["name"] else {
            return refusals.unsupportedValue(path, "only calls of functions, with an 'id', are supported")
        }
        blocks.object { block in
            block.member("type", "tool_use")
            Self.write("id", plain: id, &block)
            block.member("name", copying: name)
            writeArguments(of: function, as: "input", path, &block)
            Self.write(cache: call["cache_control"], &block)
        }
    }

    mutating func writeToolResult(_ message: JSONValue, _ path: String, _ blocks: inout JSONWriter) {
        guard let id = message["tool_call_id"], id.isFilledString else {
            return refusals.invalid("\(path).tool_call_id", "a tool's message must name its call")
        }
        blocks.object { block in
            block.member("type", "tool_result")
            Self.write("tool_use_id", plain: id, &block)
            writeList("content", &block) { $0.writeContent(of: message, path, isNested: true, &$1) }
            if message["is_error"]?.bool == true { block.member("is_error", true) }
            Self.write(cache: message["cache_control"], &block)
        }
    }
}
