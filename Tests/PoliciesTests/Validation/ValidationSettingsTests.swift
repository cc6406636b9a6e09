import Testing

@testable import Policies

/// What an operator asks for beyond the API's own rules.
struct ValidationSettingsTests {
    private func verdict(_ json: String, _ change: (inout ValidationSettings) -> Void) -> String {
        Verdict.of(json, .chat, Verdict.settings(change))
    }

    @Test("limits hold exactly")
    func limits() {
        let user = #"{"role": "user", "content": "12345"}"#
        let two = Verdict.messages("\(user), \(user)")
        #expect(verdict(two) { $0.maxMessages = 2 } == "ok")
        #expect(verdict(two) { $0.maxMessages = 1 } == "array_above_max_length messages")
        #expect(verdict(Verdict.chat(#""n": 4"#)) { $0.maxChoices = 4 } == "ok")
        #expect(verdict(Verdict.chat(#""n": 5"#)) { $0.maxChoices = 4 } == "integer_above_max_value n")
        #expect(verdict(Verdict.chat(#""max_tokens": 10"#)) { $0.maxOutputTokens = 10 } == "ok")
        for name in ["max_tokens", "max_completion_tokens"] {
            let body = Verdict.chat("\"\(name)\": 11")
            #expect(verdict(body) { $0.maxOutputTokens = 10 } == "integer_above_max_value \(name)")
        }
        let tool = #"{"type": "function", "function": {"name": "f"}}"#
        let tools = Verdict.chat(#""tools": [\#(tool), \#(tool)]"#)
        #expect(verdict(tools) { $0.maxTools = 2 } == "ok")
        #expect(verdict(tools) { $0.maxTools = 1 } == "array_above_max_length tools")
    }

    @Test("text counts in bytes over messages, parts, refusals and calls")
    func text() {
        let body = Verdict.messages(
            """
            {"role": "system", "content": "ü3"},
            {"role": "user", "content": [{"type": "text", "text": "12"}, {"type": "text", "text": "345"}]},
            {"role": "assistant", "content": "12", "tool_calls":
              [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "c", "content": "1"}
            """)
        #expect(verdict(body) { $0.maxTextBytes = 13 } == "ok")
        #expect(verdict(body) { $0.maxTextBytes = 12 } == "string_above_max_length messages")
        #expect(verdict(body) { $0.maxMessageBytes = 5 } == "ok")
        #expect(verdict(body) { $0.maxMessageBytes = 4 } == "string_above_max_length messages[1]")
        #expect(verdict(body) { $0.maxMessageBytes = 0 } == "string_above_max_length messages[0]")
    }

    @Test("images are counted over all messages")
    func images() {
        let image = #"{"type": "image_url", "image_url": {"url": "https://x/y"}}"#
        let body = Verdict.messages(
            #"{"role": "user", "content": [\#(image), \#(image)]}, {"role": "user", "content": [\#(image)]}"#)
        #expect(verdict(body) { $0.maxImages = 3 } == "ok")
        #expect(verdict(body) { $0.maxImages = 2 } == "array_above_max_length messages")
        let none = Verdict.chat("")
        #expect(verdict(none) { $0.maxImages = 0 } == "ok")
    }

    @Test("unknown fields pass, or are named wherever they stand")
    func unknownFields() {
        let rows: [(String, String)] = [
            (Verdict.chat(#""top_k": 5"#), "top_k"),
            (Verdict.chat(#""stream": true, "stream_options": {"usage": true}"#), "stream_options.usage"),
            (Verdict.messages(#"{"role": "user", "content": "x", "mood": 1}"#), "messages[0].mood"),
            (Verdict.messages(#"{"role": "user", "content": "x", "tool_calls": []}"#), "messages[0].tool_calls"),
            (
                Verdict.messages(#"{"role": "user", "content": [{"type": "text", "text": "x", "cache_control": {}}]}"#),
                "messages[0].content[0].cache_control"
            ),
            (Verdict.chat(#""modalities ": 5"#), "modalities "),
        ]
        for (body, param) in rows {
            #expect(verdict(body) { $0.unknownFields = .allow } == "ok", "\(body)")
            #expect(verdict(body) { $0.unknownFields = .reject } == "unknown_parameter \(param)", "\(body)")
        }
        let schema = #""tools": [{"type": "function", "function": {"name": "f", "parameters": {"x-own": 1}}}]"#
        #expect(verdict(Verdict.chat(schema)) { $0.unknownFields = .reject } == "ok", "schemas are open")
        #expect(verdict(Verdict.chat(#""user_id": 5"#)) { $0.unknownFields = .reject } == "ok", "the gateway's own")
    }

    @Test("fields are allowed and forbidden by name")
    func fieldLists() {
        let body = Verdict.chat(#""temperature": 1, "top_k": 5"#)
        #expect(verdict(body) { $0.forbiddenFields = ["seed"] } == "ok")
        #expect(verdict(body) { $0.forbiddenFields = ["seed", "top_k"] } == "unsupported_parameter top_k")
        #expect(verdict(body) { $0.allowedFields = ["temperature", "top_k"] } == "ok")
        #expect(verdict(body) { $0.allowedFields = ["temperature"] } == "unsupported_parameter top_k")
        #expect(verdict(Verdict.chat("")) { $0.allowedFields = [] } == "ok", "what is required is always allowed")
        let named = Verdict.settings {
            $0.allowedFields = ["temperature", "top_k"]
            $0.unknownFields = .reject
        }
        #expect(Verdict.of(body, .chat, named) == "ok", "a field that the operator names is known")
        #expect(
            Verdict.of(
                Verdict.messages(#"{"role": "user", "content": "x", "seed": 1}"#), .chat,
                Verdict.settings { $0.forbiddenFields = ["seed"] }) == "ok", "the lists are of the top level only")
    }

    @Test("an end user can be asked for")
    func user() {
        func ask(_ members: String) -> String { verdict(Verdict.chat(members)) { $0.requiresUser = true } }
        #expect(ask(#""user": "u""#) == "ok")
        #expect(ask(#""safety_identifier": "u""#) == "ok")
        for members in ["", #""user": """#, #""user": null"#] {
            #expect(ask(members) == "missing_required_parameter user", "\(members)")
        }
    }

    @Test("all mistakes are told in one go, up to a bound")
    func allMistakes() {
        let body = #"""
            {"messages": [{"role": "user"}, {"role": "bot", "content": "x"}], "n": 0, "temperature": 9, "stop": [1]}
            """#
        #expect(
            Verdict.all(body) == [
                "integer_below_min_value n", "decimal_above_max_value temperature", "invalid_type stop[0]",
                "missing_required_parameter model", "missing_required_parameter messages[0].content",
                "invalid_value messages[1].role",
            ])
        let many = #"{"model": "m", "messages": [\#(Array(repeating: "5", count: 500).joined(separator: ","))]}"#
        #expect(Verdict.all(many).count == 100)
    }

    @Test("a mistake says what was found and what would be right")
    func words() {
        func message(_ json: String) -> String {
            RequestValidator(ValidationSettings()).mistakes(TestTree(json), endpoint: .chat, most: 1)
                .first?.message ?? ""
        }
        #expect(message(Verdict.chat(#""n": 130"#)) == "Invalid 'n': found 130, expected an integer of at most 128.")
        #expect(message(Verdict.chat(#""n": "1""#)) == "Invalid type for 'n': expected an integer, found a string.")
        let role = message(Verdict.messages(#"{"role": "bot", "content": "x"}"#))
        #expect(role.contains("'bot'") && role.contains("'user'") && role.contains("messages[0].role"))
        let long = message(Verdict.chat(#""service_tier": "\#(String(repeating: "语", count: 500))""#))
        #expect(long.count < 250 && long.contains("…") && !long.contains("\u{FFFD}"))
    }
}
