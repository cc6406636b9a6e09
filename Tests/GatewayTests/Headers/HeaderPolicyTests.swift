import Policies
import Testing
import Upstreams

@testable import Gateway

/// `headers` policies at work, and the mistakes in their configuration.
@Suite("Policies for headers")
struct HeaderPolicyTests {
    private func change(_ members: String, user: String? = "alice") throws -> HeaderChange {
        let text = ConfigFixture.root(["policies": #"[{ "kind": "headers", \#(members) }]"#])
        let configuration = try ConfigFixture.load(text)
        guard case .headers(let settings) = configuration.policies[0].kind else { preconditionFailure("another kind") }
        let identity = Identity(keyID: nil, user: user, team: nil, models: [])
        return HeaderChange(settings, PlaceholderValues(identity, model: "m\r\nx: y", requestID: "r"))
    }

    @Test("Request headers are passed on, removed and set, in this order")
    func request() throws {
        let head = try RequestHead.reading(
            "POST / HTTP/1.1", "X-Session: s1", "x-session: s2", "x-user: mallory", "x-other: o", "traceparent: t")
        let change = try change(
            #"""
            "forward": ["x-session", "X-User", "x-gone", "traceparent"],
            "request": { "set": { "X-User": "{user}", "x-model": "{model}", "x-team": "{team}" },
                         "remove": ["x-gone", "openai-beta"] }
            """#)
        let usual = [HTTPField("traceparent", "t"), HTTPField("openai-beta", "b")]
        #expect(
            change.requestFields(usual, head: head) == [
                HTTPField("traceparent", "t"), HTTPField("x-session", "s1"), HTTPField("x-session", "s2"),
                HTTPField("x-user", "alice"), HTTPField("x-model", "m%0D%0Ax:%20y"),
            ])
    }

    @Test("A header that is set to nothing is not the client's either")
    func nobody() throws {
        let head = try RequestHead.reading("POST / HTTP/1.1", "x-user: mallory")
        let change = try change(#""forward": ["x-user"], "request": { "set": { "x-user": "{user}" } }"#, user: nil)
        #expect(change.requestFields([], head: head) == [])
    }

    private func answer(_ policies: String...) throws -> (relayed: [Substring], set: [Substring]) {
        var fields = AnswerFields()
        for policy in policies { try change(policy).addAnswerFields(to: &fields) }
        let lines = [
            "Openai-Processing-Ms: 3", "x-request-id: up", "x-ratelimit-limit-requests: 9", "x-b: 1", "x-c: 2",
        ]
        let head = AnswerHead(status: 200, lines: Array(lines.map { $0 + "\r\n" }.joined().utf8))
        let relayed = ByteBuffer.text { ForwardedFields.relay(head, rates: true, fields, to: &$0) }
        let set = ByteBuffer.text { fields.write(to: &$0) }
        return (relayed.split(separator: "\r\n"), set.split(separator: "\r\n"))
    }

    @Test("Answer headers are passed on, kept back and set; what a later policy says counts more")
    func answers() throws {
        let usual = try answer()
        #expect(usual.relayed == ["x-upstream-request-id: up", "x-ratelimit-limit-requests: 9"] && usual.set == [])
        let changed = try answer(
            #"""
            "relay": ["openai-processing-ms", "x-b"],
            "response": { "set": { "x-b": "mine", "x-user": "{user}" }, "remove": ["x-upstream-request-id"] }
            """#)
        #expect(changed.relayed == ["Openai-Processing-Ms: 3", "x-ratelimit-limit-requests: 9"])
        #expect(changed.set == ["x-b: mine", "x-user: alice"])
        let later = try answer(
            #""relay": ["x-c", "x-b"], "response": { "set": { "x-k": "1" } }"#,
            #""response": { "set": { "x-k": "2" }, "remove": ["x-b", "x-ratelimit-limit-requests"] }"#)
        #expect(later.relayed == ["x-upstream-request-id: up", "x-c: 2"] && later.set == ["x-k: 2"])
    }

    @Test(
        "A header that no policy may use is told with the reason",
        arguments: [
            (
                #""forward": ["Cookie"]"#,
                #"policies[0].forward[0]: no policy may use "cookie" here: it carries credentials, which no policy touches"#
            ),
            (
                #""relay": ["x-ratelimit-limit-tokens"]"#,
                #"policies[0].relay[0]: no policy may use "x-ratelimit-limit-tokens" here: the gateway passes it on by itself"#
            ),
            (
                #""request": { "set": { "Host": "x" } }"#,
                #"policies[0].request.set.Host: no policy may use "host" here: it belongs to the connection or to the form of the body, which are the gateway's own"#
            ),
            (
                #""response": { "set": { "x-request-id": "x" } }"#,
                #"policies[0].response.set.x-request-id: no policy may use "x-request-id" here: the gateway sends its own to clients"#
            ),
            (
                #""response": { "remove": ["server-timing"] }"#,
                #"policies[0].response.remove[0]: no policy may use "server-timing" here: the gateway sends its own to clients"#
            ),
            (
                #""request": { "set": { "x-a": "a\r\nb: c" } }"#,
                #"policies[0].request.set.x-a: expected a header's value of visible ASCII, found "a\r\nb: c""#
            ),
            (#""request": { "set": { "x a": "b" } }"#, #"policies[0].request.set["x a"]: expected a header's name"#),
            (
                #""request": { "set": { "x-a": "1", "X-A": "2" } }"#,
                #"policies[0].request.set.X-A: this header is given twice; case does not matter"#
            ),
            (
                #""request": { "set": { "x-a": "{users}" } }"#,
                #"policies[0].request.set.x-a: there is no placeholder {users} (did you mean "user"?); there are {user}, {team}, {key_id}, {model}, {request_id}; {{users}} stands for the text {users}"#
            ),
            (
                #""request": { "set": { "x-a": "1" }, "remove": ["x-a"] }"#,
                "policies[0].request.remove[0]: this header is set, too"
            ),
            (
                #""request": { "set": { "openai-organization": "1" } }"#,
                #"policies[0].request.set.openai-organization: no policy may use "openai-organization" here: the upstream "up" sets it itself"#
            ),
        ])
    func mistakes(members: String, told: String) {
        let text = ConfigFixture.root([
            "upstreams": #"""
            { "echo": { "kind": "echo" }, "up": { "kind": "openai", "base_url": "http://127.0.0.1:1",
              "headers": { "OpenAI-Organization": "org" } } }
            """#,
            "policies": #"[{ "kind": "headers", \#(members) }]"#,
        ])
        #expect(ConfigFixture.mistakes(text) == [told])
    }
}
