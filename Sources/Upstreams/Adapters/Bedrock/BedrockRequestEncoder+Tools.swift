/// Tools, calls of tools and their results.
extension BedrockRequestEncoder {
    /// There is no choice `none`: then no tools are sent, unless the messages hold calls, whose tools the provider wants.
    mutating func writeTools(_ writer: inout JSONWriter) {
        guard let tools = root.present("tools"), tools.count > 0 else { return }
        let choice = root.present("tool_choice")
        if choice?.isString("none") == true, !hasCalls { return }
        writer.object("toolConfig") { config in
            config.array("tools") { list in
                for (number, tool) in tools.elements.enumerated() { writeTool(tool, "tools[\(number)]", &list) }
            }
            if let choice { writeChoice(choice, &config) }
        }
    }

    private var hasCalls: Bool {
        root["messages"]?.elements.contains { $0.present("tool_calls") != nil } == true
    }

    private mutating func writeTool(_ tool: JSONValue, _ path: String, _ list: inout JSONWriter) {
        guard let (function, name) = Self.function(tool) else {
            return refusals.unsupportedValue("\(path).type", "only tools of type 'function' are supported")
        }
        list.object { entry in
            entry.object("toolSpec") { spec in
                spec.member("name", copying: name)
                if let text = function.present("description"), text.isFilledString {
                    spec.member("description", copying: text)
                }
                spec.object("inputSchema") { schema in
                    if let parameters = function.present("parameters"), parameters.count > 0 {
                        schema.member("json", copying: parameters)
                    } else {
                        schema.object("json") { $0.member("type", "object") }
                    }
                }
            }
        }
        Self.write(cache: tool["cache_control"], &list)
    }

    private mutating func writeChoice(_ choice: JSONValue, _ config: inout JSONWriter) {
        if choice.isString("required") {
            config.object("toolChoice") { $0.object("any") { _ in } }
        } else if let name = choice["function"]?["name"] {
            config.object("toolChoice") { choice in choice.object("tool") { $0.member("name", copying: name) } }
        } else if !choice.isString("auto"), !choice.isString("none") {
            refuseChoice()
        }
    }

    // MARK: Calls and results

    mutating func writeCall(_ call: JSONValue, _ path: String, _ blocks: inout JSONWriter) {
        guard let id = call["id"], let function = call["function"], let name = function["name"] else {
            return refusals.unsupportedValue(path, "only calls of functions, with an 'id', are supported")
        }
        blocks.object { block in
            block.object("toolUse") { use in
                Self.write("toolUseId", plain: id, &use)
                use.member("name", copying: name)
                writeArguments(of: function, as: "input", path, &use)
            }
        }
    }

    mutating func writeResult(_ message: JSONValue, _ path: String, _ blocks: inout JSONWriter) {
        guard let id = message["tool_call_id"], id.isFilledString else {
            return refusals.invalid("\(path).tool_call_id", "a tool's message must name its call")
        }
        blocks.object { block in
            block.object("toolResult") { result in
                Self.write("toolUseId", plain: id, &result)
                result.array("content") { writeContent(of: message, path, isNested: true, &$0) }
                if message["is_error"]?.bool == true { result.member("status", "error") }
            }
        }
        Self.write(cache: message["cache_control"], &blocks)
    }
}
