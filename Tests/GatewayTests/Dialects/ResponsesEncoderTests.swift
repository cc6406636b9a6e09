import Testing
import Upstreams

@testable import Gateway

/// What answers in the canonical form become at the Responses API.
struct ResponsesEncoderTests {
    private static let start = ["response.created", "response.in_progress"]
    private static let itemStart = "response.output_item.added"
    private static let itemEnd = "response.output_item.done"
    private static let partStart = "response.content_part.added"
    private static let partEnd = "response.content_part.done"

    private static func part(_ name: String, _ deltas: Int) -> [String] {
        [partStart] + Array(repeating: "response.\(name).delta", count: deltas) + ["response.\(name).done", partEnd]
    }

    private static func message(id: String, status: String = "completed", _ text: String) -> String {
        #"{"id":"\#(id)","type":"message","status":"\#(status)","role":"assistant","content":["#
            + #"{"type":"output_text","text":"\#(text)","annotations":[],"logprobs":[]}]}"#
    }

    @Test func `a text comes in the order of OpenAI's events, which repeat it when it ends`() throws {
        let events = try ResponsesFixture.stream(
            deltas: [#"{"role":"assistant","content":""}"#, #"{"content":"Gr\u00fc"}"#, #"{"content":"ße \"x\""}"#],
            usage: #"{"prompt_tokens":10,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":3},"#
                + #""completion_tokens_details":{"reasoning_tokens":2}}"#)
        #expect(
            events.map(\.type) == Self.start + [Self.itemStart] + Self.part("output_text", 2)
                + [Self.itemEnd, "response.completed"])
        let text = #"Gr\u00fcße \"x\""#
        #expect(events[4]["delta"]?.source == #""Gr\u00fc""# && events[6]["text"]?.string == #"Grüße "x""#)
        for event in events[3...7] {
            #expect(event["item_id"]?.string == "msg_1_0")
            #expect(event["output_index"]?.int == 0 && event["content_index"]?.int == 0)
        }
        #expect(events[8]["item"]?.source == Self.message(id: "msg_1_0", text))
        let response = try #require(events[9]["response"])
        #expect(response["id"]?.string == "resp_1" && response["model"]?.string == "real")
        #expect(response["created_at"]?.int == 7 && response["status"]?.string == "completed")
        #expect(response["output"]?.source == "[\(Self.message(id: "msg_1_0", text))]")
        #expect(
            response["usage"]?.source == #"{"input_tokens":10,"input_tokens_details":{"cached_tokens":3},"#
                + #""output_tokens":4,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":14}"#)
        #expect(events[0]["response"]?["status"]?.string == "in_progress")
        #expect(events[1]["response"]?["output"]?.count == 0 && events[1]["response"]?["usage"]?.isNull == true)
    }

    @Test func `reasoning, text, refusal and calls are items and parts one after another`() throws {
        let events = try ResponsesFixture.stream(
            deltas: [
                #"{"reasoning_content":"H"}"#, #"{"reasoning_content":"m"}"#, #"{"content":"So"}"#,
                #"{"refusal":"No"}"#,
                #"{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}"#,
                #"{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\""}}]}"#,
                #"{"tool_calls":[{"index":0,"function":{"arguments":":1}"}},"#
                    + #"{"index":1,"function":{"name":"g","arguments":"{}"}}]}"#,
                #"{"content":"End"}"#,
            ], finish: "tool_calls")
        let arguments = "response.function_call_arguments"
        #expect(
            events.map(\.type) == Self.start + [Self.itemStart] + Self.part("reasoning_text", 2)
                + [Self.itemEnd, Self.itemStart] + Self.part("output_text", 1) + Self.part("refusal", 1)
                + [Self.itemEnd, Self.itemStart, "\(arguments).delta", "\(arguments).delta", "\(arguments).done"]
                + [Self.itemEnd, Self.itemStart, "\(arguments).delta", "\(arguments).done", Self.itemEnd]
                + [Self.itemStart] + Self.part("output_text", 1) + [Self.itemEnd, "response.completed"])
        let items = try #require(events.last?["response"]?["output"]).elements.map(\.source)
        #expect(
            items == [
                #"{"id":"rs_1_0","type":"reasoning","status":"completed","summary":[],"#
                    + #""content":[{"type":"reasoning_text","text":"Hm"}]}"#,
                #"{"id":"msg_1_1","type":"message","status":"completed","role":"assistant","content":["#
                    + #"{"type":"output_text","text":"So","annotations":[],"logprobs":[]},"#
                    + #"{"type":"refusal","refusal":"No"}]}"#,
                #"{"id":"fc_1_2","type":"function_call","status":"completed","call_id":"c1","name":"f","#
                    + #""arguments":"{\"a\":1}"}"#,
                #"{"id":"fc_1_3","type":"function_call","status":"completed","call_id":"call_2","name":"g","#
                    + #""arguments":"{}"}"#,
                Self.message(id: "msg_1_4", "End"),
            ])
        let added = events.filter { $0.type == Self.itemStart }
        #expect(added.map { $0["output_index"]?.int } == [0, 1, 2, 3, 4])
        #expect(added[2]["item"]?["arguments"]?.string == "" && added[2]["item"]?["status"]?.string == "in_progress")
        let refusal = try #require(events.first { $0.type == "response.refusal.done" })
        #expect(refusal["content_index"]?.int == 1 && refusal["refusal"]?.string == "No")
    }

    @Test(arguments: [("length", "max_output_tokens"), ("content_filter", "content_filter")])
    func `an answer that was cut short is incomplete, and says why`(finish: String, reason: String) throws {
        let last = try #require(try ResponsesFixture.stream(deltas: [#"{"content":"a"}"#], finish: finish).last)
        #expect(last.type == "response.incomplete" && last["response"]?["status"]?.string == "incomplete")
        #expect(last["response"]?["incomplete_details"]?.source == #"{"reason":"\#(reason)"}"#)
        #expect(last["response"]?["output"]?.source == "[\(Self.message(id: "msg_1_0", status: "incomplete", "a"))]")
    }

    @Test func `an empty answer has no items`() throws {
        let events = try ResponsesFixture.stream(deltas: ["{}"])
        #expect(events.map(\.type) == Self.start + ["response.completed"])
    }

    @Test func `pieces of calls that are mixed are no answer`() throws {
        let call = #"{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":"{"}}]}"#
        let other = #"{"tool_calls":[{"index":1,"id":"d","function":{"name":"f","arguments":"{"}}]}"#
        let error = #expect(throws: APIError.self) { try ResponsesFixture.stream(deltas: [call, other, call]) }
        #expect(error?.code == "upstream_malformed")
    }

    @Test(
        arguments: [
            (nil, "server_is_overloaded", "Busy.", "server_error"),
            (
                #"{"error":{"message":"No.","type":"requests","code":"rate_limit_exceeded"}}"#, "rate_limit_exceeded",
                "No.",
                "rate_limit_exceeded"
            ),
            ("<html>", "server_is_overloaded", "Busy.", "server_error"),
        ] as [(String?, String, String, String)])
    func `a failure in a stream is an error, and never a completed response`(
        provider: String?, code: String, message: String, reason: String
    ) throws {
        let chunk = #"{"id":"chatcmpl-1","choices":[{"index":0,"delta":{"content":"a"}}]}"#
        let events = try ResponsesFixture.events { writer in
            let encoder = try ResponsesFixture.encoder()
            unsafe encoder.event(Array(chunk.utf8).span.bytes, to: &writer)
            encoder.fail(
                .unavailable("Busy.", retryAfter: 1), provider: provider.map { Array($0.utf8) }, to: &writer)
        }
        let error = try #require(events.dropLast().last)
        #expect(error.type == "error" && error["code"]?.string == code && error["message"]?.string == message)
        #expect(error["error"]?["message"]?.string == message && error["param"]?.isNull == true)
        let last = try #require(events.last)
        #expect(last.type == "response.failed" && last["response"]?["status"]?.string == "failed")
        #expect(last["response"]?["error"]?.source == #"{"code":"\#(reason)","message":"\#(message)"}"#)
    }

    @Test func `a failure before anything was said is an error alone`() throws {
        let events = try ResponsesFixture.events { writer in
            try ResponsesFixture.encoder().fail(.unavailable("Busy.", retryAfter: 1), provider: nil, to: &writer)
        }
        #expect(events.map(\.type) == ["error"])
    }

    @Test func `a whole answer is a response that repeats what was asked`() throws {
        let response = try ResponsesFixture.whole(
            #"{"id":"x9","created":5,"model":"real","choices":[{"index":0,"finish_reason":"stop","message":"#
                + #"{"role":"assistant","content":"So","refusal":null,"reasoning_content":"Hm","tool_calls":["#
                + #"{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}}]}"#,
            #"{"instructions":"Be.","metadata":{"a":"b"},"tools":[{"type":"function","name":"f"}],"temperature":0.5,"#
                + #""text":{"verbosity":"low"},"store":true,"reasoning":{"effort":"low"}}"#)
        #expect(response["id"]?.string == "resp_x9" && response["object"]?.string == "response")
        #expect(response["status"]?.string == "completed" && response["error"]?.isNull == true)
        let items = try #require(response["output"]).elements.map(\.source)
        let reasoning =
            #"{"id":"rs_x9_0","type":"reasoning","status":"completed","summary":[],"#
            + #""content":[{"type":"reasoning_text","text":"Hm"}]}"#
        let call =
            #"{"id":"fc_x9_2","type":"function_call","status":"completed","call_id":"c","name":"f","arguments":"{}"}"#
        #expect(items == [reasoning, Self.message(id: "msg_x9_1", "So"), call])
        #expect(response["instructions"]?.string == "Be." && response["metadata"]?.source == #"{"a":"b"}"#)
        #expect(response["tools"]?.source == #"[{"type":"function","name":"f"}]"#)
        #expect(response["temperature"]?.source == "0.5" && response["store"]?.bool == false)
        #expect(response["text"]?.source == #"{"format":{"type":"text"},"verbosity":"low"}"#)
        #expect(response["reasoning"]?.source == #"{"effort":"low"}"# && response["tool_choice"]?.string == "auto")
        #expect(response["parallel_tool_calls"]?.bool == true && response["usage"]?.isNull == true)
    }

    @Test func `what a provider leaves out comes from the request`() throws {
        let response = try ResponsesFixture.whole(
            #"{"choices":[{"finish_reason":"length","message":{"content":"a"}}]}"#)
        #expect(response["id"]?.string == "resp_r1" && response["model"]?.string == "m")
        #expect(response["status"]?.string == "incomplete")
        #expect(response["output"]?.source == "[\(Self.message(id: "msg_r1_0", status: "incomplete", "a"))]")
    }
}
