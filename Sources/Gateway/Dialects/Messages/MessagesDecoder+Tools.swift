import Upstreams

/// Tools of the client's own. Those that run at the provider have no counterpart.
extension MessagesDecoder {
    mutating func writeTools(_ writer: inout JSONWriter) {
        if let tools = root.present("tools"), tools.count > 0 || tools.kind != .array {
            guard tools.kind == .array else { return refuse("tools", "must be an array.") }
            writer.array("tools") { list in
                for (number, tool) in tools.elements.enumerated() { writeTool(tool, "tools.\(number)", &list) }
            }
        }
        if let choice = root.present("tool_choice") { writeChoice(choice, &writer) }
    }

    private mutating func writeTool(_ tool: JSONValue, _ path: String, _ list: inout JSONWriter) {
        if let type = tool.present("type"), !type.isString("custom") {
            return refuseUnsupported("\(path).type", "Tools of the provider's own are")
        }
        guard let name = tool["name"], name.isFilledString else { return refuse("\(path).name", "Field required.") }
        list.object { entry in
            entry.member("type", "function")
            entry.object("function") { function in
                function.member("name", copying: name)
                if let text = tool.present("description") { function.member("description", copying: text) }
                if let schema = tool.present("input_schema") { function.member("parameters", copying: schema) }
                if let strict = tool.present("strict") { function.member("strict", copying: strict) }
            }
            Self.write(cache: tool, &entry)
        }
    }

    private mutating func writeChoice(_ choice: JSONValue, _ writer: inout JSONWriter) {
        guard let type = choice["type"] else { return refuse("tool_choice.type", "Field required.") }
        if type.isString("auto") {
            writer.member("tool_choice", "auto")
        } else if type.isString("any") {
            writer.member("tool_choice", "required")
        } else if type.isString("none") {
            writer.member("tool_choice", "none")
        } else if type.isString("tool"), let name = choice["name"], name.isFilledString {
            writer.object("tool_choice") { choice in
                choice.member("type", "function")
                choice.object("function") { $0.member("name", copying: name) }
            }
        } else {
            refuse("tool_choice", "must be of type 'auto', 'any', 'none', or 'tool' with a 'name'.")
        }
        if choice["disable_parallel_tool_use"]?.bool == true { writer.member("parallel_tool_calls", false) }
    }
}
