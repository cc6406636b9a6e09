import Testing
import Upstreams

@testable import Gateway

/// Whole answers made into streams, and back.
struct AnswerFormsTests {
    private let parser = JSONParser()

    private func split(_ answer: String, wantsUsage: Bool = true) -> [String] {
        var events: [String] = []
        ByteBuffer(Array(answer.utf8)).withBytes {
            AnswerSplitter(parser: parser, wantsUsage: wantsUsage).split($0) { events.append($0.text) }
        }
        return events
    }

    private func assemble(_ events: [String]) -> String {
        var assembler = AnswerAssembler(parser: parser)
        for event in events { ByteBuffer(Array(event.utf8)).withBytes { assembler.append($0) } }
        return assembler.finish().text
    }

    private static let usage = #""usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9,"x":{"a":1.50}}"#

    private static func answer(_ choices: String) -> String {
        #"{"id":"chatcmpl-1","object":"chat.completion","created":17,"model":"m","choices":[\#(choices)],\#(usage),"x_extra":{"é":[null,true]}}"#
    }

    private static let answers = [
        #"{"index":0,"message":{"role":"assistant","content":"Hello \"é\"\n","refusal":null},"logprobs":null,"finish_reason":"stop"}"#,
        #"{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"id":"b","type":"function","function":{"name":"g","arguments":""}}]},"logprobs":null,"finish_reason":"tool_calls"}"#,
        #"{"index":0,"message":{"role":"assistant","content":"a"},"logprobs":{"content":[{"token":"a","logprob":-0.25,"bytes":[97],"top_logprobs":[{"token":"b"}]}],"refusal":null},"finish_reason":"length"}"#,
        #"{"index":0,"message":{"role":"assistant","content":null,"refusal":"No.","reasoning_content":"hm","annotations":[{"type":"url_citation","url":"u"}]},"logprobs":null,"finish_reason":"stop","x_filter":{"hate":false}}"#,
        #"{"index":0,"message":{"role":"assistant","content":null,"audio":{"id":"au","data":"QUJD","expires_at":5,"transcript":"abc"},"x_list":[{"index":4,"v":1},{"index":9,"v":2}]},"logprobs":null,"finish_reason":"stop"}"#,
        #"{"index":0,"message":{"role":"assistant","content":"x"},"logprobs":null,"finish_reason":"stop"},{"index":1,"message":{"role":"assistant","content":"y"},"logprobs":null,"finish_reason":"length"}"#,
        #"{"index":0,"message":{"role":"assistant","content":""},"logprobs":null,"finish_reason":"content_filter"}"#,
    ].map(answer)

    @Test(arguments: answers) func `an answer that is split and put together is the same`(answer: String) throws {
        #expect(try JSONSample(assemble(split(answer))) == JSONSample(answer))
    }

    @Test(arguments: answers) func `its events are those of a stream`(answer: String) throws {
        let events = try split(answer).map { try parser.parse(text: $0).root }
        for event in events {
            #expect(event["object"]?.isString("chat.completion.chunk") == true)
            #expect(event["id"]?.isString("chatcmpl-1") == true && event["created"]?.int == 17)
            for choice in try #require(event["choices"]).elements {
                #expect(choice["delta"]?.kind == .object && choice["message"] == nil && choice["index"]?.int != nil)
                for call in choice["delta"]?["tool_calls"]?.elements ?? event.elements {
                    #expect(call["index"]?.int != nil)
                }
            }
        }
        #expect(events.last?["choices"]?.count == 0 && events.last?["usage"]?.kind == .object)
        #expect(split(answer, wantsUsage: false).count == events.count - 1)
        #expect(events.dropLast().allSatisfy { $0["usage"] == nil })
    }

    @Test(arguments: ["[1,2]", "not JSON", #"{"id":"x"}"#, #"{"choices":"none"}"#])
    func `what is no chat completion goes on as it is`(answer: String) {
        #expect(split(answer) == [answer])
    }

    @Test func `a choice without a message says nothing and ends`() throws {
        let events = split(#"{"id":"x","choices":[{"index":0,"finish_reason":"stop"}]}"#)
        #expect(events.count == 2)
        let delta = try parser.parse(text: events[0]).root["choices"]?.elements.first { _ in true }?["delta"]
        #expect(delta?.count == 0)
    }
}
