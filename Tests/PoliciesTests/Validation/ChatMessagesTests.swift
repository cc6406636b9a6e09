import Testing

/// Messages: each row has the list of messages and the verdict.
struct ChatMessagesTests {
    private static let call = #"{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}"#
    private static let other = #"{"id": "c2", "type": "function", "function": {"name": "g", "arguments": "{}"}}"#
    private static let user = #"{"role": "user", "content": "hi"}"#

    @Test(
        "roles have what they need",
        arguments: [
            (#"{"role": "user", "content": "hi"}"#, "ok"),
            (#"{"role": "system", "content": "s"}, {"role": "developer", "content": "d"}"#, "ok"),
            (#"{"role": "user", "content": ""}"#, "ok"),
            (#"{"role": "user", "content": "hi", "name": "Ann.B@c"}"#, "ok"),
            (#"{"role": "user", "content": "hi", "name": null}"#, "ok"),
            (#"{"content": "hi"}"#, "missing_required_parameter messages[0].role"),
            (#"{"role": null, "content": "hi"}"#, "missing_required_parameter messages[0].role"),
            (#"{"role": "bot", "content": "hi"}"#, "invalid_value messages[0].role"),
            (#"{"role": "User", "content": "hi"}"#, "invalid_value messages[0].role"),
            (#"{"role": 1, "content": "hi"}"#, "invalid_type messages[0].role"),
            (#"{"role": "user"}"#, "missing_required_parameter messages[0].content"),
            (#"{"role": "user", "content": null}"#, "missing_required_parameter messages[0].content"),
            (#"{"role": "user", "content": 5}"#, "invalid_type messages[0].content"),
            (#"{"role": "user", "content": {"text": "hi"}}"#, "invalid_type messages[0].content"),
            (#"{"role": "system", "content": null}"#, "missing_required_parameter messages[0].content"),
            (#"{"role": "user", "content": "hi", "name": "a b"}"#, "invalid_value messages[0].name"),
            (#"{"role": "user", "content": "hi", "name": "<a>"}"#, "invalid_value messages[0].name"),
            (#"{"role": "user", "content": "hi", "name": 5}"#, "invalid_type messages[0].name"),
            (#"{"role": "user", "content": "hi", "role": "system"}"#, "duplicate_key messages[0].role"),
            (#"{"role": "function", "name": "f", "content": null}"#, "ok"),
            (#"{"role": "function", "name": "f", "content": "42"}"#, "ok"),
            (#"{"role": "function", "content": "42"}"#, "missing_required_parameter messages[0].name"),
            (#"{"role": "function", "name": "f"}"#, "missing_required_parameter messages[0].content"),
            (#"{"role": "user", "content": "hi"}, 7"#, "invalid_type messages[1]"),
        ])
    func roles(_ list: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.messages(list)) == verdict, "\(list)")
    }

    @Test(
        "parts of content fit the role and are whole",
        arguments: [
            (#"user:{"type": "text", "text": "hi"}"#, "ok"),
            (#"user:"#, "empty_array messages[0].content"),
            (#"user:"hi""#, "invalid_type messages[0].content[0]"),
            (#"user:{"text": "hi"}"#, "missing_required_parameter messages[0].content[0].type"),
            (#"user:{"type": "text"}"#, "missing_required_parameter messages[0].content[0].text"),
            (#"user:{"type": "text", "text": 5}"#, "invalid_type messages[0].content[0].text"),
            (#"user:{"type": "video", "text": "x"}"#, "invalid_value messages[0].content[0].type"),
            (#"user:{"type": "refusal", "refusal": "no"}"#, "invalid_value messages[0].content[0].type"),
            (#"assistant:{"type": "refusal", "refusal": "no"}"#, "ok"),
            (#"assistant:{"type": "text", "text": "a"}"#, "ok"),
            (
                #"assistant:{"type": "image_url", "image_url": {"url": "https://x/y"}}"#,
                "invalid_value messages[0].content[0].type"
            ),
            (#"system:{"type": "text", "text": "a"}"#, "ok"),
            (#"system:{"type": "file", "file": {"file_id": "f"}}"#, "invalid_value messages[0].content[0].type"),
            (#"user:{"type": "image_url", "image_url": {"url": "https://x.example/y.png", "detail": "low"}}"#, "ok"),
            (#"user:{"type": "image_url", "image_url": {"url": "HTTP://x.example/y.png"}}"#, "ok"),
            (#"user:{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}"#, "ok"),
            (
                #"user:{"type": "image_url", "image_url": "https://x/y"}"#,
                "invalid_type messages[0].content[0].image_url"
            ),
            (#"user:{"type": "image_url"}"#, "missing_required_parameter messages[0].content[0].image_url"),
            (
                #"user:{"type": "image_url", "image_url": {}}"#,
                "missing_required_parameter messages[0].content[0].image_url.url"
            ),
            (
                #"user:{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}"#,
                "invalid_value messages[0].content[0].image_url.url"
            ),
            (
                #"user:{"type": "image_url", "image_url": {"url": ""}}"#,
                "empty_string messages[0].content[0].image_url.url"
            ),
            (
                #"user:{"type": "image_url", "image_url": {"url": "https://x", "detail": "best"}}"#,
                "invalid_value messages[0].content[0].image_url.detail"
            ),
            (#"user:{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}"#, "ok"),
            (
                #"user:{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "ogg"}}"#,
                "invalid_value messages[0].content[0].input_audio.format"
            ),
            (
                #"user:{"type": "input_audio", "input_audio": {"format": "mp3"}}"#,
                "missing_required_parameter messages[0].content[0].input_audio.data"
            ),
            (#"user:{"type": "file", "file": {"file_id": "f1"}}"#, "ok"),
            (#"user:{"type": "file", "file": {"file_data": "AAAA", "filename": "a.pdf"}}"#, "ok"),
            (
                #"user:{"type": "file", "file": {"filename": "a.pdf"}}"#,
                "missing_required_parameter messages[0].content[0].file.file_data"
            ),
            (#"user:{"type": "file"}"#, "missing_required_parameter messages[0].content[0].file"),
            (#"user:{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}"#, "ok"),
            (
                #"user:{"type": "text", "text": "a"}, {"type": "text", "text": null}"#,
                "missing_required_parameter messages[0].content[1].text"
            ),
        ])
    func parts(_ row: String, _ verdict: String) throws {
        let colon = try #require(row.firstIndex(of: ":"))
        let parts = row[row.index(after: colon)...]
        let list = #"{"role": "\#(row[..<colon])", "content": [\#(parts)]}"#
        #expect(Verdict.of(Verdict.messages(list)) == verdict, "\(row)")
    }

    @Test(
        "assistants say or call something",
        arguments: [
            (#""content": "hi""#, "ok"), (#""content": "", "refusal": null"#, "ok"),
            (#""refusal": "no""#, "ok"), (#""content": null, "audio": {"id": "a1"}"#, "ok"),
            (#""function_call": {"name": "f", "arguments": "{}"}"#, "ok"),
            (#""content": null, "reasoning_content": "hm", "refusal": "no""#, "ok"),
            (#""content": null"#, "missing_required_parameter messages[0].content"),
            (#""name": "bot""#, "missing_required_parameter messages[0].content"),
            (#""content": null, "tool_calls": []"#, "empty_array messages[0].tool_calls"),
            (#""content": null, "tool_calls": null"#, "missing_required_parameter messages[0].content"),
            (#""tool_calls": {}"#, "invalid_type messages[0].tool_calls"),
            (#""tool_calls": [5]"#, "invalid_type messages[0].tool_calls[0]"),
            (#""audio": {"data": "x"}"#, "missing_required_parameter messages[0].audio.id"),
            (#""audio": "a1""#, "invalid_type messages[0].audio"),
            (#""function_call": {"name": "f"}"#, "missing_required_parameter messages[0].function_call.arguments"),
            (
                #""tool_calls": [{"type": "function", "function": {"name": "f", "arguments": ""}}]"#,
                "missing_required_parameter messages[0].tool_calls[0].id"
            ),
            (
                #""tool_calls": [{"id": "", "type": "function", "function": {"name": "f", "arguments": ""}}]"#,
                "empty_string messages[0].tool_calls[0].id"
            ),
            (
                #""tool_calls": [{"id": "c", "function": {"name": "f", "arguments": ""}}]"#,
                "missing_required_parameter messages[0].tool_calls[0].type"
            ),
            (
                #""tool_calls": [{"id": "c", "type": "function", "function": {"name": "f g", "arguments": ""}}]"#,
                "invalid_value messages[0].tool_calls[0].function.name"
            ),
            (
                #""tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": {}}}]"#,
                "invalid_type messages[0].tool_calls[0].function.arguments"
            ),
            (
                #""tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "f"}}]"#,
                "missing_required_parameter messages[0].tool_calls[0].custom.input"
            ),
        ])
    func assistants(_ members: String, _ verdict: String) {
        #expect(Verdict.of(Verdict.messages(#"{"role": "assistant", \#(members)}"#)) == verdict, "\(members)")
    }

    /// `A` calls c1 and c2, `a` calls c1 only, `D` calls c1 twice; `1`, `2`, `3` answer c1, c2, c3; `u` is a user.
    @Test(
        "tool calls are answered, each once, before anyone else speaks",
        arguments: [
            ("uA12u", "ok"), ("uA21", "ok"), ("ua1a1u", "ok"), ("ua1ua1", "ok"),
            ("ua", "invalid_value messages[1].tool_calls[0].id"),
            ("uA1", "invalid_value messages[1].tool_calls[1].id"),
            ("uA2u1", "invalid_value messages[1].tool_calls[0].id"),
            ("uau1", "invalid_value messages[1].tool_calls[0].id"),
            ("uaa1", "invalid_value messages[1].tool_calls[0].id"),
            ("u1", "invalid_value messages[1].role"), ("1", "invalid_value messages[0].role"),
            ("ua1u1", "invalid_value messages[4].role"),
            ("ua3", "invalid_value messages[2].tool_call_id"),
            ("uA13", "invalid_value messages[3].tool_call_id"),
            ("uA11", "invalid_value messages[3].tool_call_id"),
            ("ua1a2", "invalid_value messages[4].tool_call_id"),
            ("uD1", "invalid_value messages[1].tool_calls[1].id"),
        ])
    func calls(_ talk: String, _ verdict: String) {
        let messages = talk.map { speaker in
            switch speaker {
            case "u": Self.user
            case "A": #"{"role": "assistant", "content": null, "tool_calls": [\#(Self.call), \#(Self.other)]}"#
            case "a": #"{"role": "assistant", "content": null, "tool_calls": [\#(Self.call)]}"#
            case "D": #"{"role": "assistant", "content": null, "tool_calls": [\#(Self.call), \#(Self.call)]}"#
            default: #"{"role": "tool", "tool_call_id": "c\#(speaker)", "content": "r"}"#
            }
        }
        #expect(Verdict.of(Verdict.messages(messages.joined(separator: ", "))) == verdict, "\(talk)")
    }

    @Test("a message may have up to 128 tool calls")
    func manyCalls() {
        func talk(_ count: Int) -> String {
            let ids = (0..<count).map { "id-\($0)" }
            let calls = ids.map {
                #"{"id": "\#($0)", "type": "function", "function": {"name": "f", "arguments": ""}}"#
            }
            let answers = ids.reversed().map { #"{"role": "tool", "tool_call_id": "\#($0)", "content": ""}"# }
            let call = #"{"role": "assistant", "tool_calls": [\#(calls.joined(separator: ","))]}"#
            return Verdict.of(Verdict.messages(([call] + answers).joined(separator: ",")))
        }
        #expect(talk(128) == "ok")
        #expect(talk(129) == "array_above_max_length messages[0].tool_calls")
    }

    @Test(
        "a tool's message names its call",
        arguments: [
            (#""content": "r""#, "missing_required_parameter messages[1].tool_call_id"),
            (#""tool_call_id": 5, "content": "r""#, "invalid_type messages[1].tool_call_id"),
            (#""tool_call_id": "c1""#, "missing_required_parameter messages[1].content"),
            (#""tool_call_id": "c1", "content": [{"type": "text", "text": "r"}]"#, "ok"),
        ])
    func answers(_ members: String, _ verdict: String) {
        let call = #"{"role": "assistant", "tool_calls": [\#(Self.call)]}"#
        #expect(Verdict.of(Verdict.messages(call + #", {"role": "tool", \#(members)}"#)) == verdict, "\(members)")
    }
}
