import Testing
import Upstreams

@testable import Gateway

/// What answers in the canonical form become at the Messages API.
struct MessagesEncoderTests {
    private static let start =
        #"data: {"type":"message_start","message":{"id":"msg_chatcmpl-1","type":"message","role":"assistant","#
        + #""model":"real","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":0,"#
        + #""cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}}}"#

    private static func end(_ reason: String, _ usage: String = zero) -> [String] {
        [
            "event: message_delta",
            #"data: {"type":"message_delta","delta":{"stop_reason":"\#(reason)","stop_sequence":null},"usage":\#(usage)}"#,
            "event: message_stop", #"data: {"type":"message_stop"}"#,
        ]
    }

    private static let zero =
        #"{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":0}"#

    private static func begin(_ index: Int, _ block: String) -> [String] {
        [
            "event: content_block_start",
            #"data: {"type":"content_block_start","index":\#(index),"content_block":\#(block)}"#,
        ]
    }

    private static func delta(_ index: Int, _ delta: String) -> [String] {
        [
            "event: content_block_delta",
            #"data: {"type":"content_block_delta","index":\#(index),"delta":\#(delta)}"#,
        ]
    }

    private static func stop(_ index: Int) -> [String] {
        ["event: content_block_stop", #"data: {"type":"content_block_stop","index":\#(index)}"#]
    }

    @Test func `a text is one block, and its usage comes at the end`() throws {
        let events = try MessagesFixture.stream(
            deltas: [#"{"role":"assistant","content":""}"#, #"{"content":"Gr\u00fc"}"#, #"{"content":"ße"}"#],
            finish: "length",
            usage: #"{"prompt_tokens":10,"completion_tokens":2,"prompt_tokens_details":"#
                + #"{"cached_tokens":3,"cache_creation_tokens":2}}"#)
        let usage =
            #"{"input_tokens":5,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,"output_tokens":2}"#
        let expected =
            ["event: message_start", Self.start] + Self.begin(0, #"{"type":"text","text":""}"#)
            + Self.delta(0, #"{"type":"text_delta","text":"Gr\u00fc"}"#)
            + Self.delta(0, #"{"type":"text_delta","text":"ße"}"#) + Self.stop(0) + Self.end("max_tokens", usage)
        #expect(events == expected)
    }

    @Test func `thoughts, text and calls are blocks one after another`() throws {
        let events = try MessagesFixture.stream(
            deltas: [
                #"{"reasoning_content":"Hm"}"#,
                #"{"thinking_blocks":[{"type":"thinking","thinking":"Hm","signature":"sig"}]}"#,
                #"{"thinking_blocks":[{"type":"redacted_thinking","data":"xyz"}]}"#,
                #"{"content":"So"}"#,
                #"{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}"#,
                #"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}"#,
                #"{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},"#
                    + #"{"index":1,"id":"c2","function":{"name":"g","arguments":"{}"}}]}"#,
            ], finish: "tool_calls")
        let expected =
            ["event: message_start", Self.start]
            + Self.begin(0, #"{"type":"thinking","thinking":"","signature":""}"#)
            + Self.delta(0, #"{"type":"thinking_delta","thinking":"Hm"}"#)
            + Self.delta(0, #"{"type":"signature_delta","signature":"sig"}"#) + Self.stop(0)
            + Self.begin(1, #"{"type":"redacted_thinking","data":"xyz"}"#) + Self.stop(1)
            + Self.begin(2, #"{"type":"text","text":""}"#) + Self.delta(2, #"{"type":"text_delta","text":"So"}"#)
            + Self.stop(2) + Self.begin(3, #"{"type":"tool_use","id":"c1","name":"f","input":{}}"#)
            + Self.delta(3, #"{"type":"input_json_delta","partial_json":"{\"a\""}"#)
            + Self.delta(3, #"{"type":"input_json_delta","partial_json":":1}"}"#) + Self.stop(3)
            + Self.begin(4, #"{"type":"tool_use","id":"c2","name":"g","input":{}}"#)
            + Self.delta(4, #"{"type":"input_json_delta","partial_json":"{}"}"#) + Self.stop(4) + Self.end("tool_use")
        #expect(events == expected)
    }

    @Test func `who did not ask for thoughts gets none`() throws {
        let events = try MessagesFixture.stream(
            deltas: [#"{"reasoning_content":"Hm"}"#, #"{"content":"So"}"#], showsThinking: false)
        #expect(!events.contains { $0.contains("thinking") } && events.contains { $0.contains(#""index":0"#) })
    }

    @Test func `pieces of calls that are mixed are no answer`() throws {
        let call = #"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{"}}]}"#
        let other = #"{"tool_calls":[{"index":1,"id":"d","function":{"name":"f","arguments":"{"}}]}"#
        let error = #expect(throws: APIError.self) { try MessagesFixture.stream(deltas: [call, other, call]) }
        #expect(error?.code == "upstream_malformed")
    }

    @Test func `an empty answer is a message without blocks`() throws {
        #expect(
            try MessagesFixture.stream(deltas: ["{}"]) == ["event: message_start", Self.start] + Self.end("end_turn"))
    }

    @Test(
        arguments: [
            (nil, "overloaded_error", "Busy."),
            (#"{"error":{"message":"No.","type":"requests","code":"rate_limit_exceeded"}}"#, "rate_limit_error", "No."),
            (#"{"error":{"message":"No.","type":"odd"}}"#, "api_error", "No."),
            ("<html>", "overloaded_error", "Busy."),
        ] as [(String?, String, String)])
    func `a failure in a stream is an event of its kind`(provider: String?, type: String, message: String) throws {
        let lines = try MessagesFixture.written { writer in
            MessagesFixture.encoder().keepAlive(to: &writer)
            MessagesFixture.encoder().fail(
                .unavailable("Busy.", retryAfter: 1), provider: provider.map { Array($0.utf8) }, to: &writer)
        }
        #expect(
            lines == [
                "event: ping", #"data: {"type":"ping"}"#, "event: error",
                #"data: {"type":"error","error":{"type":"\#(type)","message":"\#(message)"},"request_id":"req_1"}"#,
            ])
    }

    @Test func `a whole answer is a message`() throws {
        let message = MessagesFixture.whole(
            #"{"id":"msg_9","model":"real","choices":[{"index":0,"finish_reason":"stop","stop_reason":"END","message":"#
                + #"{"role":"assistant","content":"So","refusal":null,"reasoning_content":"Hm"}}],"#
                + #""usage":{"prompt_tokens":4,"completion_tokens":2}}"#)
        #expect(
            message == #"{"id":"msg_9","type":"message","role":"assistant","model":"real","content":["#
                + #"{"type":"thinking","thinking":"Hm","signature":""},{"type":"text","text":"So"}],"#
                + #""stop_reason":"stop_sequence","stop_sequence":"END","usage":{"input_tokens":4,"#
                + #""cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":2}}"#)
    }

    @Test(arguments: [("{\\\"a\\\":1}", #"{"a":1}"#), ("", "{}"), ("[1", #""[1""#)])
    func `arguments are an object, or the text that they were`(arguments: String, input: String) throws {
        let message = MessagesFixture.whole(
            #"{"choices":[{"finish_reason":"stop","message":{"content":null,"tool_calls":[{"id":"c","#
                + #""function":{"name":"f","arguments":"\#(arguments)"}}]}}]}"#)
        #expect(message.contains(#"{"type":"tool_use","id":"c","name":"f","input":\#(input)}"#))
        #expect(message.contains(#""stop_reason":"tool_use""#))
    }

    @Test func `errors have the API's own statuses and types`() {
        #expect(MessagesError.status(of: .unavailable("x", retryAfter: 1)).code == 529)
        #expect(MessagesError.status(of: .missingKey) == .unauthorized)
        var body = ByteBuffer()
        MessagesError(.missingKey).write(requestID: "r", to: &body)
        #expect(body.text.hasPrefix(#"{"type":"error","error":{"type":"authentication_error","message":"You"#))
        #expect(body.text.hasSuffix(#"},"request_id":"r"}"#))
    }
}
