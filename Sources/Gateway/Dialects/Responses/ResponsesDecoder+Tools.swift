import Upstreams

/// Functions of the client's own, and the form that it wants text in. Tools that run at the provider have no counterpart.
extension ResponsesDecoder {
    mutating func writeTools(_ writer: inout JSONWriter) {
        if let tools = root.present("tools"), tools.count > 0 || tools.kind != .array {
            guard tools.kind == .array else { return refuse("tools", "must be an array.") }
            writer.array("tools") { list in
                for (number, tool) in tools.elements.enumerated() { writeTool(tool, "tools[\(number)]", &list) }
            }
        }
        if let choice = root.present("tool_choice"), root.present("tools")?.count ?? 0 > 0 {
            writeChoice(choice, &writer)
        }
    }

    private mutating func writeTool(_ tool: JSONValue, _ path: String, _ list: inout JSONWriter) {
        guard tool["type"]?.isString("function") == true else {
            return refuseUnsupported(
                "\(path).type", "must be 'function' for this model: tools that run at the provider are not supported.")
        }
        guard let name = tool["name"], name.isFilledString else { return refuseMissing("\(path).name") }
        list.object { entry in
            entry.member("type", "function")
            entry.object("function") { function in
                function.member("name", copying: name)
                for key: StaticString in ["description", "parameters", "strict"] {
                    if let value = tool.present(key) { function.member(key, copying: value) }
                }
            }
        }
    }

    private mutating func writeChoice(_ choice: JSONValue, _ writer: inout JSONWriter) {
        if choice.kind == .string { return writer.member("tool_choice", copying: choice) }
        guard choice["type"]?.isString("function") == true else {
            return refuseUnsupported("tool_choice.type", "must be 'function' for this model.")
        }
        guard let name = choice["name"], name.isFilledString else { return refuseMissing("tool_choice.name") }
        writer.object("tool_choice") { choice in
            choice.member("type", "function")
            choice.object("function") { $0.member("name", copying: name) }
        }
    }

    // MARK: Text

    mutating func writeText(_ writer: inout JSONWriter) {
        guard let text = root.present("text") else { return }
        guard text.kind == .object else { return refuse("text", "must be an object.") }
        if let verbosity = text.present("verbosity") { writer.member("verbosity", copying: verbosity) }
        guard let format = text.present("format") else { return }
        guard let type = format["type"] else { return refuseMissing("text.format.type") }
        if type.isString("json_object") {
            writer.object("response_format") { $0.member("type", "json_object") }
        } else if type.isString("json_schema") {
            writer.object("response_format") { written in
                written.member("type", "json_schema")
                written.object("json_schema") { schema in
                    for key: StaticString in ["name", "description", "schema", "strict"] {
                        if let value = format.present(key) { schema.member(key, copying: value) }
                    }
                }
            }
        } else if !type.isString("text") {
            refuse("text.format.type", "must be 'text', 'json_object' or 'json_schema'.", code: "invalid_value")
        }
    }
}
