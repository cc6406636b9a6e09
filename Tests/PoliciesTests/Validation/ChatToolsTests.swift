import Testing

/// Tools, their choice and their schemas: each row has the members that are added to a sound request.
struct ChatToolsTests {
    private static let tools = #""tools": [{"type": "function", "function": {"name": "f"}}]"#

    @Test(
        "definitions of tools",
        arguments: [
            (#""tools": []"#, "empty_array tools"), (#""tools": null"#, "ok"), (#""tools": {}"#, "invalid_type tools"),
            (#""tools": ["f"]"#, "invalid_type tools[0]"),
            (#""tools": [{}]"#, "missing_required_parameter tools[0].type"),
            (#""tools": [{"type": "search"}]"#, "invalid_value tools[0].type"),
            (#""tools": [{"type": "function"}]"#, "missing_required_parameter tools[0].function"),
            (#""tools": [{"type": "function", "function": {}}]"#, "missing_required_parameter tools[0].function.name"),
            (#""tools": [{"type": "function", "function": {"name": "a.b"}}]"#, "invalid_value tools[0].function.name"),
            (#""tools": [{"type": "function", "function": {"name": "get_it-2", "description": "d"}}]"#, "ok"),
            (
                #""tools": [{"type": "function", "function": {"name": "f", "description": 5}}]"#,
                "invalid_type tools[0].function.description"
            ),
            (
                #""tools": [{"type": "function", "function": {"name": "f", "strict": 1}}]"#,
                "invalid_type tools[0].function.strict"
            ),
            (#""tools": [{"type": "function", "function": {"name": "f", "strict": null, "parameters": null}}]"#, "ok"),
            (#""tools": [{"type": "custom", "custom": {"name": "f"}}]"#, "ok"),
            (#""tools": [{"type": "custom", "custom": {"name": "f", "format": {"type": "text"}}}]"#, "ok"),
            (
                #""tools": [{"type": "custom", "custom": {"name": "f", "format": {"type": "grammar"}}}]"#,
                "missing_required_parameter tools[0].custom.format.grammar"
            ),
            (
                #""tools": [{"type": "custom", "custom": {"name": "f", "format": {"type": "grammar", "grammar": {"definition": "x", "syntax": "peg"}}}}]"#,
                "invalid_value tools[0].custom.format.grammar.syntax"
            ),
            (#""functions": [{"name": "f", "parameters": {}}], "function_call": "auto""#, "ok"),
            (#""functions": [{"parameters": {}}]"#, "missing_required_parameter functions[0].name"),
            (#""functions": []"#, "empty_array functions"),
            (#""function_call": {"name": "f"}"#, "ok"), (#""function_call": "always""#, "invalid_value function_call"),
            (#""function_call": {}"#, "missing_required_parameter function_call.name"),
        ])
    func definitions(_ members: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.chat(members)) == verdict, "\(members)")
    }

    @Test(
        "the choice of a tool needs tools, and names one of them",
        arguments: [
            (#""tool_choice": "auto""#, "ok"), (#""tool_choice": "required""#, "ok"),
            (#""tool_choice": "none""#, "ok"), (#""tool_choice": null"#, "ok"),
            (#""parallel_tool_calls": false"#, "ok"),
            (#""parallel_tool_calls": "no""#, "invalid_type parallel_tool_calls"),
            (#""tool_choice": "any""#, "invalid_value tool_choice"), (#""tool_choice": 1"#, "invalid_type tool_choice"),
            (#""tool_choice": {"type": "function", "function": {"name": "f"}}"#, "ok"),
            (
                #""tool_choice": {"type": "function", "function": {"name": "g"}}"#,
                "invalid_value tool_choice.function.name"
            ),
            (#""tool_choice": {"type": "custom", "custom": {"name": "f"}}"#, "invalid_value tool_choice.custom.name"),
            (#""tool_choice": {"type": "function"}"#, "missing_required_parameter tool_choice.function"),
            (#""tool_choice": {"type": "tool"}"#, "invalid_value tool_choice.type"),
            (#""tool_choice": {"function": {"name": "f"}}"#, "missing_required_parameter tool_choice.type"),
            (
                #""tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]}}"#,
                "ok"
            ),
            (
                #""tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "none", "tools": []}}"#,
                "invalid_value tool_choice.allowed_tools.mode"
            ),
        ])
    func choices(_ members: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.chat(Self.tools + ", " + members)) == verdict, "\(members)")
    }

    @Test(
        "without tools there is nothing to choose",
        arguments: [
            (#""tool_choice": "auto""#, "invalid_value tool_choice"), (#""tool_choice": "none""#, "ok"),
            (#""parallel_tool_calls": true"#, "invalid_value parallel_tool_calls"),
            (#""parallel_tool_calls": null"#, "ok"),
        ])
    func choicesWithoutTools(_ members: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.chat(members)) == verdict, "\(members)")
    }

    /// Each row is a schema; `where` is the place below `parameters`, empty for the schema itself.
    @Test(
        "schemas of parameters are JSON Schema by their structure",
        arguments: [
            ("{}", nil), (#"{"type": "object"}"#, nil), (#"{"type": "object", "properties": {}}"#, nil),
            (#"{"type": "object", "properties": {"a": {"type": "string", "enum": ["x", 1, null]}}}"#, nil),
            (#"{"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]}"#, nil),
            (#"{"type": "object", "additionalProperties": false, "$defs": {"n": {"type": "integer"}}}"#, nil),
            (##"{"properties": {"a": {"anyOf": [{"type": "number"}, {"$ref": "#/$defs/n"}]}}}"##, nil),
            (
                #"{"properties": {"a": {"items": [{"type": "number"}, true]}, "b": {"items": {"const": {"type": 5}}}}}"#,
                nil
            ),
            (
                #"{"properties": {"a": {"minimum": 0, "exclusiveMaximum": true, "default": {"type": 7}, "x-own": []}}}"#,
                nil
            ),
            (#"{"properties": {"type": {"type": "string"}, "required": {"type": "boolean"}}}"#, nil),
            (#"{"type": "array"}"#, "type"), (#"{"type": "dict"}"#, "type"), (#"{"type": 5}"#, "type"),
            (#"{"properties": []}"#, "properties"), (#"{"properties": {"a": "string"}}"#, "properties.a"),
            (#"{"properties": {"a": null}}"#, "properties.a"),
            (#"{"properties": {"a": {"type": "str"}}}"#, "properties.a.type"),
            (#"{"properties": {"a": {"type": []}}}"#, "properties.a.type"),
            (#"{"properties": {"a": {"type": ["string", "nil"]}}}"#, "properties.a.type[1]"),
            (#"{"properties": {"a": {"type": ["string", 5]}}}"#, "properties.a.type[1]"),
            (#"{"required": "a"}"#, "required"), (#"{"required": ["a", 5]}"#, "required[1]"),
            (#"{"required": true}"#, "required"),
            (#"{"properties": {"a": {"enum": []}}}"#, "properties.a.enum"),
            (#"{"properties": {"a": {"enum": "x"}}}"#, "properties.a.enum"),
            (#"{"properties": {"a": {"anyOf": []}}}"#, "properties.a.anyOf"),
            (#"{"properties": {"a": {"anyOf": {}}}}"#, "properties.a.anyOf"),
            (#"{"properties": {"a": {"anyOf": [{"type": "x"}]}}}"#, "properties.a.anyOf[0].type"),
            (#"{"properties": {"a": {"items": 5}}}"#, "properties.a.items"),
            (#"{"properties": {"a": {"items": {"items": {"type": "x"}}}}}"#, "properties.a.items.items.type"),
            (#"{"additionalProperties": "no"}"#, "additionalProperties"), (#"{"not": []}"#, "not"),
            (#"{"$defs": {"n": 5}}"#, "$defs.n"), (#"{"description": {}}"#, "description"),
            (#"{"properties": {"a": {"minLength": -1}}}"#, "properties.a.minLength"),
            (#"{"properties": {"a": {"maxItems": 1.5}}}"#, "properties.a.maxItems"),
            (#"{"properties": {"a": {"minimum": "0"}}}"#, "properties.a.minimum"),
            (#"{"properties": {"a": {"uniqueItems": 1}}}"#, "properties.a.uniqueItems"),
        ] as [(String, String?)])
    func schemas(_ schema: String, _ place: String?) {
        let members = #""tools": [{"type": "function", "function": {"name": "f", "parameters": \#(schema)}}]"#
        let wanted = place.map { "invalid_function_parameters tools[0].function.parameters.\($0)" } ?? "ok"
        #expect(Verdict.of(Verdict.chat(members)) == wanted, "\(schema)")
    }

    @Test("a schema is an object")
    func schemaKinds() {
        for schema in ["[]", "true", "5", #""object""#] {
            let members = #""tools": [{"type": "function", "function": {"name": "f", "parameters": \#(schema)}}]"#
            #expect(Verdict.of(Verdict.chat(members)) == "invalid_type tools[0].function.parameters", "\(schema)")
        }
    }
}
