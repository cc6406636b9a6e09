import Testing
import Upstreams

@testable import Gateway

/// What a moderation is asked, and how its answer is understood.
@Suite("Moderation")
struct ModerationTests {
    private let parser = JSONParser()

    private func parse(_ text: String) throws -> JSONDocument {
        unsafe try parser.parse(Array(text.utf8).span.bytes)
    }

    @Test("The users' texts are asked about, one for each message")
    func question() throws {
        let document = try parse(
            #"""
            {"messages":[{"role":"system","content":"s"},{"role":"user","content":"a\u00e9\n"},
             {"role":"user","content":[{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"u"}},
             {"type":"text","text":"c"}]},{"role":"assistant","content":"d"},{"role":"user","content":""},
             {"role":"user","content":null},{"role":"tool","content":"e"}]}
            """#)
        let question = ModerationQuestion(document.root)
        #expect(question.texts.count == 2)
        #expect(question.body(model: "m").text == #"{"input":["aé\n","b\nc"],"model":"m"}"#)
        #expect(question.body(model: nil).text == #"{"input":["aé\n","b\nc"]}"#)
        #expect(ModerationQuestion(try parse("{}").root).texts.isEmpty)
    }

    @Test(
        "What the provider flags is flagged; without thresholds its scores do not matter",
        arguments: [
            (#"{"results":[{"flagged":false},{"flagged":false}]}"#, .allowed),
            (#"{"results":[{"flagged":false,"category_scores":{"v":1}},{"flagged":true}]}"#, .flagged),
            (#"{"results":[{"flagged":false}]}"#, .unknown), (#"{"results":[{},{"flagged":false}]}"#, .unknown),
            (#"{"results":[{"flagged":true},{"flagged":"no"}]}"#, .unknown), (#"{"error":{}}"#, .unknown),
            ("[]", .unknown), ("", .unknown), (nil, .unknown),
        ] as [(String?, ModerationVerdict)])
    func flags(answer: String?, verdict: ModerationVerdict) {
        let bytes = answer.map { Array($0.utf8) }
        #expect(ModerationVerdict(bytes, inputs: 2, thresholds: [], parser) == verdict)
    }

    @Test(
        "With thresholds the scores decide, the provider's own opinion does not",
        arguments: [
            (#"{"v":0.49,"h/t":0.1}"#, .allowed), (#"{"v":0.5,"h/t":0.1}"#, .flagged),
            (#"{"v":0,"h/t":1}"#, .flagged), (#"{"v":0.9}"#, .unknown), (#"{"v":"0.9","h/t":0}"#, .unknown),
        ] as [(String, ModerationVerdict)])
    func thresholds(scores: String, verdict: ModerationVerdict) {
        let answer = Array(#"{"results":[{"flagged":true,"category_scores":\#(scores)}]}"#.utf8)
        let thresholds = [ModerationThreshold("v", score: 0.5), ModerationThreshold("h/t", score: 0.8)]
        #expect(ModerationVerdict(answer, inputs: 1, thresholds: thresholds, parser) == verdict)
    }

    @Test(
        "Mistakes in its configuration are told",
        arguments: [
            (#""upstream": "echo""#, #"policies[0].moderation.upstream: there is no OpenAI upstream "echo""#),
            (
                #""upstream": "up", "categories": { "v": 2 }"#,
                "policies[0].moderation.categories.v: expected a number from 0 to 1, found 2"
            ),
            (
                #""upstream": "up", "on_failure": "pass""#,
                #"policies[0].moderation.on_failure: expected one of "open", "closed", found "pass""#
            ),
        ])
    func mistakes(members: String, told: String) {
        #expect(mistakes(#""moderation": { \#(members) }"#) == [told])
    }

    private func mistakes(_ members: String) -> [String] {
        ConfigFixture.mistakes(
            ConfigFixture.root([
                "upstreams": #"""
                { "echo": { "kind": "echo" }, "up": { "kind": "openai", "base_url": "http://127.0.0.1:1" } }
                """#,
                "policies": #"[{ "kind": "guard", \#(members) }]"#,
            ]))
    }

    @Test("A moderation needs a guard that looks at requests")
    func sides() {
        #expect(
            mistakes(#""on": ["answer"], "moderation": { "upstream": "up" }"#) == [
                "policies[0].moderation: a moderation is asked about requests, which this guard does not look at"
            ])
    }
}
