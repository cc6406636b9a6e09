import Testing
import Upstreams

@testable import Gateway

/// What each dialect's events show, and which of them is a success.
struct ChatFormsTests {
    private static let hello = #"{"choices":[{"index":0,"delta":{"content":"Hello "}}]}"#
    private static let there = #"{"choices":[{"index":0,"delta":{"content":"wörld"},"finish_reason":null}]}"#
    private static let stop = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#

    @Test("an OpenAI stream is whole with [DONE] and with nothing else", arguments: [1, 7, 4096])
    func completions(piece: Int) {
        let form = CompletionForm(needsDone: true)
        let events = [Self.hello, Self.there, Self.stop]
        let whole = ChatFixture(form, events + ["[DONE]"], piece: piece)
        #expect(whole.ending == .whole && whole.display.text == "Hello wörld")
        let cut = ChatFixture(form, events, piece: piece)
        #expect(cut.ending.exitCode == 3 && cut.display.text == "Hello wörld")
        #expect(ChatFixture(form, events, piece: piece, failure: .truncated).ending.exitCode == 3)
    }

    @Test("a mark of success whose event has not ended is none")
    func unfinishedMark() {
        let body = "data: \(Self.hello)\n\ndata: [DONE]"
        #expect(ChatFixture(CompletionForm(needsDone: true), body: body).ending.exitCode == 3)
        #expect(ChatFixture(CompletionForm(needsDone: true), body: body + "\n\n").ending == .whole)
    }

    @Test("an error within a stream is a failure in the gateway's words, a timeout one by its type")
    func errorEvents() {
        let form = CompletionForm(needsDone: true)
        let error = #"{"error":{"message":"it broke","type":"server_error","param":null,"code":null}}"#
        #expect(ChatFixture(form, [Self.hello, error, "[DONE]"]).ending == .failed("it broke"))
        let late = #"{"error":{"message":"too late","type":"timeout_error","param":null,"code":null}}"#
        #expect(ChatFixture(form, [late]).ending == .timeout("too late"))
        #expect(ChatFixture(form, ["{not json"]).ending.exitCode == 1)
    }

    @Test("a tool call is told once its arguments are complete, and only the first choice is shown")
    func toolCalls() {
        func delta(_ call: String) -> String { #"{"choices":[{"index":0,"delta":{"tool_calls":[\#(call)]}}]}"# }
        let shown = ChatFixture(
            CompletionForm(needsDone: true),
            [
                delta(#"{"index":0,"function":{"name":"say","arguments":""}}"#),
                delta(#"{"index":0,"function":{"arguments":"{\"a\":"}}"#),
                delta(#"{"index":0,"function":{"arguments":"1}"}}"#),
                #"{"choices":[{"index":1,"delta":{"content":"other"}}]}"#,
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#, "[DONE]",
            ])
        #expect(shown.display.pieces == [.note(#"tool call say {"a":1}"#)] && shown.ending == .whole)
    }

    @Test("an ask stream may end by its finish reason, but not without the end of its body")
    func ask() {
        let form = CompletionForm(needsDone: false)
        #expect(ChatFixture(form, [Self.hello, Self.stop]).ending == .whole)
        #expect(ChatFixture(form, [Self.hello]).ending.exitCode == 3)
        #expect(ChatFixture(form, [Self.hello, Self.stop], failure: .truncated).ending.exitCode == 3)
    }

    @Test("a question's answer is whole when `completed` tells it as its pieces did")
    func questions() {
        func said(_ text: String, _ status: String = "streaming") -> String {
            #"{"status":"\#(status)","chunk":"\#(text)"}"#
        }
        let begin = [#"{"status":"processing"}"#, said("one "), said("two")]
        let whole = ChatFixture(QuestionForm(), begin + [said("one two", "completed")])
        #expect(whole.ending == .whole && whole.display.text == "one two" && whole.display.notes == ["processing"])
        let more = ChatFixture(QuestionForm(), begin + [said("one two three", "completed")])
        #expect(more.ending == .whole && more.display.text == "one two three")
        #expect(ChatFixture(QuestionForm(), begin).ending.exitCode == 3)
        #expect(ChatFixture(QuestionForm(), begin + [said("else", "completed")]).ending.exitCode == 3)
        let failed = ChatFixture(QuestionForm(), begin + [#"{"status":"error","message":"no"}"#])
        #expect(failed.ending == .failed("no"))
    }

    @Test("an agent's answer is whole with chat_complete, and its tools are told on the way")
    func agents() {
        let begin = [
            #"{"event_type":"tool_call_start","tool_call":{"name":"add","arguments":{"a":1}}}"#,
            #"{"event_type":"tool_call_complete","tool_call":{"name":"add","arguments":{"a":1},"result":"2"}}"#,
            #"{"event_type":"tool_call_error","tool_call":{"name":"get","result":null,"error":"late"}}"#,
            #"{"event_type":"chat_chunk","content":"two","is_complete":false}"#,
        ]
        let whole = ChatFixture(AgentForm(), begin + [#"{"event_type":"chat_complete","final_response":"two"}"#])
        #expect(whole.ending == .whole && whole.display.text == "two")
        #expect(whole.display.notes == [#"tool call add {"a":1}"#, "tool add gave 2", "tool get failed: late"])
        #expect(ChatFixture(AgentForm(), begin).ending.exitCode == 3)
        let error = #"{"event_type":"error","error_message":"no","error_code":"upstream_truncated"}"#
        #expect(ChatFixture(AgentForm(), begin + [error]).ending == .failed("no"))
    }

    @Test("a task is whole with its result; a panel's final code is the answer, a told text is not told again")
    func tasks() {
        let panel = ChatFixture(
            TaskForm(),
            [
                #"{"stage":"coding","iteration":1,"max_iterations":3,"model":"m"}"#,
                #"{"iteration":1,"reviewer":"casper","decision":"NEGATIVE","reason":"long"}"#,
                #"{"approved":false,"iterations":1,"final_code":"x = 1"}"#,
            ], types: ["stage", "review", "completed"])
        #expect(panel.ending == .whole && panel.display.text == "x = 1" && panel.answer.lastEventID == "2")
        #expect(
            panel.display.notes == [
                "coding, iteration 1 of 3", "casper: NEGATIVE long", "The panel did not approve this version.",
            ])
        let result = #"{"choices":[{"index":0,"message":{"content":"Hi"}}]}"#
        let texts = ChatFixture(TaskForm(), [#"{"text":"Hi"}"#, result], types: ["text", "completed"])
        #expect(texts.ending == .whole && texts.display.text == "Hi")
        #expect(ChatFixture(TaskForm(), [result], types: ["completed"]).display.text == "Hi")
        #expect(ChatFixture(TaskForm(), [#"{"text":"Hi"}"#], types: ["text"]).ending.exitCode == 3)
    }

    @Test("the id to come back with is that of the last whole event")
    func lastEvent() {
        let body = "id: 0\nevent: text\ndata: {\"text\":\"a\"}\n\nid: 1\nevent: text\ndata: {\"te"
        for piece in [1, 5, 4096] {
            let cut = ChatFixture(TaskForm(), body: body, piece: piece, failure: .truncated)
            #expect(cut.answer.lastEventID == "0" && cut.ending.exitCode == 3)
        }
    }
}
