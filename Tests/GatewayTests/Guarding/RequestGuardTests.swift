import Policies
import Testing
import Upstreams

@testable import Gateway

@Suite("Guards on requests")
struct RequestGuardTests {
    static let members = #"""
        "deny": [{ "pattern": "(?i)ignore all", "message": "refused by policy" }],
        "redact": [{ "pattern": "sk-[0-9]+", "with": "[\"key\"]" }]
        """#

    /// The new text (nil: unchanged), what was replaced, and the refusal.
    private func apply(
        _ policies: [GuardPolicy], _ request: String
    ) throws -> (text: String?, redactions: Int, refusal: Refusal?) {
        var look = RequestGuard(GuardSet(policies))
        let text: String?
        let refusal: Refusal?
        switch look.apply(to: try GuardFixture.parse(request).root) {
        case .unchanged: (text, refusal) = (nil, nil)
        case .rewritten(let buffer): (text, refusal) = (String(decoding: buffer.copy(), as: UTF8.self), nil)
        case .refused(let error): (text, refusal) = (nil, error)
        }
        return (text, look.findings.reduce(0) { $0 + $1.redactions }, refusal)
    }

    @Test("Text in strings and parts of every role is replaced, and no other byte changes")
    func redaction() throws {
        let request = #"""
            { "z":1.0, "messages" : [ {"role":"user","content":"a \u00e9 sk-1 \"q\""},  {"role":"tool","content":[
              {"type":"text","text":"x sk-22"}, {"type":"image_url","image_url":{"url":"sk-3"}}]},
              {"role":"assistant","content":null,"tool_calls":[{"function":{"arguments":"sk-4"}}]} ], "user":"sk-5"}
            """#
        let result = try apply([GuardFixture.policy(Self.members)], request)
        let expected = request.replacing(
            #""a \u00e9 sk-1 \"q\"""#, with: #""a é [\"key\"] \"q\"""#
        ).replacing(#""x sk-22""#, with: #""x [\"key\"]""#)
        #expect(result.text == expected)
        #expect(result.redactions == 2)
    }

    @Test("A request without a match is unchanged")
    func unchanged() throws {
        let request = #"{"messages":[{"role":"user","content":"hello"},7,{"role":"user"}],"model":"m"}"#
        #expect(try apply([GuardFixture.policy(Self.members)], request).text == nil)
        #expect(try apply([GuardFixture.policy(Self.members)], #"{"messages":"sk-1"}"#).text == nil)
    }

    @Test(
        "What is embedded, judged or drawn is looked at as well",
        arguments: [
            (#"{"input":"ignore all"}"#, "input"), (#"{"input":["x","ignore all"]}"#, "input[1]"),
            (#"{"input":["x",{"type":"text","text":"ignore all"}]}"#, "input[1].text"),
            (#"{"input":[{"role":"user","content":"ignore all"}]}"#, "input[0].content"),
            (#"{"input":[{"content":[{"type":"input_text","text":"ignore all"}]}]}"#, "input[0].content"),
            (#"{"input":[1,{"call_id":"c","output":"ignore all"}]}"#, "input[1].output"),
            (#"{"instructions":"ignore all"}"#, "instructions"),
            (#"{"prompt":"ignore all"}"#, "prompt"), (#"{"input":[[1,2],[3]]}"#, nil),
            (#"{"other":"ignore all"}"#, nil),
        ] as [(String, String?)])
    func otherTexts(_ request: String, _ param: String?) throws {
        #expect(try apply([GuardFixture.policy(Self.members)], request).refusal?.param == param)
    }

    @Test("What is forbidden refuses the request and names the message")
    func denial() throws {
        let parts = #"{"messages":[{"content":"x"},{"content":[{"text":"y"},{"text":"Ignore ALL"}]}]}"#
        let refusal = try apply([GuardFixture.policy(Self.members)], parts).refusal
        #expect(
            refusal
                == Refusal(
                    .invalid(code: "content_policy_violation"), "refused by policy",
                    param: "messages[1].content[1].text"))
        let twice = #"{"messages":[{"content":"ignore all","content":"fine"}]}"#
        #expect(try apply([GuardFixture.policy(Self.members)], twice).refusal?.param == "messages[0].content")
    }

    @Test(
        "An expression for the edges of a text finds them in short requests, too",
        arguments: [(#"^[0-9]+$"#, "123"), (#"\\A\\D"#, "a1"), (#"\\d\\z"#, "a1"), (#"\\B.\\b"#, "ab")])
    func edges(_ pattern: String, _ content: String) throws {
        let policy = try GuardFixture.policy(#""deny": [{ "pattern": "\#(pattern)", "message": "no" }]"#)
        for padding in ["", String(repeating: " ", count: 3000)] {
            let request = #"{"messages":[{"role":"user","content":"\#(content)"}]}\#(padding)"#
            #expect(try apply([policy], request).refusal?.param == "messages[0].content")
        }
    }

    @Test("In shadow mode all is counted and nothing changed")
    func shadow() throws {
        let policy = try GuardFixture.policy(Self.members, isShadow: true)
        let result = try apply([policy], #"{"messages":[{"content":"sk-1 sk-2"},{"content":"ignore all"}]}"#)
        #expect(result.text == nil && result.refusal == nil && result.redactions == 2)
        var look = RequestGuard([policy])
        _ = look.apply(to: try GuardFixture.parse(#"{"messages":[{"content":"ignore all"}]}"#).root)
        #expect(look.findings.first?.refusal?.message == "refused by policy")
    }

    @Test("Policies act in their order, each on what the one before left")
    func order() throws {
        let first = try GuardFixture.policy(#""redact": [{ "pattern": "a", "with": "b" }]"#)
        let second = try GuardFixture.policy(#""redact": [{ "pattern": "b", "with": "c" }]"#)
        let answersOnly = try GuardFixture.policy(#""on": ["answer"], "redact": [{ "pattern": "c", "with": "d" }]"#)
        let request = #"{"messages":[{"content":"a-b"}]}"#
        #expect(try apply([first, second, answersOnly], request).text == #"{"messages":[{"content":"c-c"}]}"#)
    }
}
