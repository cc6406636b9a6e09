import Policies
import Testing
import Upstreams

@testable import Gateway

/// What becomes of requests, and why.
struct ExplainerTests {
    @Test func `every policy is told in the order in which it acts`() throws {
        let told = try ExplainFixture().explain(ExplainFixture.chat("hello"))
        #expect(
            told.policies.map(\.name) == [
                "auth", "minute", "free", "concurrency", "budget", "size", "short", "secrets", "watch", "trim_history",
                "cache", "second",
            ])
        #expect(told.refusal == nil && told.policies.allSatisfy { $0.isReached })
        #expect(told.verdicts["free"] == "not_matched")
        #expect(told.verdicts.values.filter { $0 == "passed" }.count == 10)
        #expect(try told.policy("free").mismatches == [#"team "research" matches none of ["free"]"#])
        #expect(told.identity?.user == "ann" && told.facts?.model == "gpt-4o")
    }

    @Test func `a request that is edited is told with its edits, and with what would be sent`() throws {
        let told = try ExplainFixture().explain(
            ExplainFixture.chat("my key is sk-abcdef", "I see", "the weather", "fine", "bye"))
        #expect(told.refusal == nil)
        #expect(told.verdicts["secrets"] == "changed" && told.verdicts["trim_history"] == "changed")
        #expect(told.verdicts["watch"] == "would_refuse" && told.verdicts["short"] == "would_refuse")
        let call = try #require(told.model?.targets.first?.call)
        #expect(call.url == "https://api.example.com/v1/chat/completions")
        let body = String(decoding: call.body, as: UTF8.self)
        #expect(body.contains(#""model":"gpt-real""#) && body.contains("bye"))
        #expect(!body.contains("sk-abcdef"), "guarded")
        #expect(!body.contains("I see"), "trimmed")
    }

    @Test func `no secret is told`() throws {
        let told = try ExplainFixture().explain(
            "POST /v1/chat/completions HTTP/1.1\nx-api-key: sk-test-key-1\n\n" + ExplainFixture.chat("hello"), key: nil)
        for secret in ["sk-cloud-secret", "org-secret", "sk-test-key-1", ExplainFixture.digest] {
            #expect(!told.json.contains(secret) && !told.text.contains(secret), "\(secret)")
        }
        #expect(told.json.contains(#""authorization":"***""#) && told.json.contains(#""openai-organization":"***""#))
    }

    @Test(
        arguments: [
            (nil, "missing"), ("sk-wrong-key-0", "wrong"),
        ] as [(String?, String)])
    func `a caller who is not let in is told so, and no policy behind`(key: String?, what: String) throws {
        let told = try ExplainFixture().explain(ExplainFixture.chat("hello"), key: key)
        #expect(told.refusal?.status == .unauthorized, "\(what)")
        #expect(told.verdicts["auth"] == "refused")
        #expect(told.policies.dropFirst().allSatisfy { $0.verdict == .notReached && !$0.isReached })
        #expect(told.model == nil)
    }

    @Test func `an operator asks as the holder of a key without having it`() throws {
        let fixture = try ExplainFixture()
        let told = try fixture.explain(ExplainFixture.chat("hello"), key: nil, keyID: "k1")
        #expect(told.refusal == nil && told.identity?.keyID == "k1")
        let old = try fixture.explain(ExplainFixture.chat("hello"), key: nil, keyID: "old")
        #expect(old.refusal?.message.contains("expired") == true)
        let unknown = #expect(throws: APIError.self) {
            try fixture.explain(ExplainFixture.chat("hello"), key: nil, keyID: "nobody")
        }
        #expect(unknown?.param == "key_id" && unknown?.status == .badRequest)
    }

    @Test func `a refusal is told as the client gets it, and what comes behind tells what it would say`() throws {
        let told = try ExplainFixture().explain(ExplainFixture.chat("forbidden things", "no", "please", "no", "yes"))
        #expect(told.refusal?.status == .badRequest && told.refusal?.policy == "secrets")
        #expect(told.refusal?.param == "messages[0].content")
        let secrets = try told.policy("secrets")
        #expect(secrets.facts.map(\.words).contains(#"pattern "(?i)forbidden""#))
        let trim = try told.policy("trim_history")
        #expect(trim.verdict == .changed && !trim.isReached)
        #expect(told.model?.targets.allSatisfy { $0.call == nil } == true, "a refused request goes nowhere")
        #expect(told.json.contains(#""headers":{"x-policy":"secrets"}"#))
    }

    @Test(arguments: [
        ("GET /v1/nowhere HTTP/1.1\n\n", HTTPStatus.notFound),
        ("GET /v1/chat/completions HTTP/1.1\n\n", .methodNotAllowed),
        ("{\"model\":\"gpt-4o\"", .badRequest), ("{\"model\":\"other\",\"messages\":[{\"role\":\"user\"}]}", .notFound),
        (ExplainFixture.chat("hi", more: ",\"n\":3"), .badRequest),
    ])
    func `whatever refuses a request is told`(file: String, status: HTTPStatus) throws {
        let told = try ExplainFixture().explain(file)
        #expect(told.refusal?.status == status)
        #expect(told.policies.count == 12)
    }

    @Test func `the first cache policy says whether the answer is shared`() throws {
        let fixture = try ExplainFixture()
        let shared = try fixture.explain(ExplainFixture.chat("hello", more: #","temperature":0"#))
        #expect(shared.verdicts["cache"] == "changed" && shared.verdicts["second"] == "not_matched")
        #expect(try shared.policy("cache").facts.map(\.words).contains(#"shared "yes""#))
        let other = try fixture.explain(ExplainFixture.chat("hello"))
        #expect(other.verdicts["cache"] == "passed", "no temperature is 1")
        let refused = try fixture.explain(
            "POST /v1/chat/completions HTTP/1.1\ncache-control: no-store\n\n"
                + ExplainFixture.chat("hello", more: #","temperature":0"#))
        #expect(refused.verdicts["cache"] == "passed")
    }

    @Test func `of a chat with an agent its first question is told`() throws {
        let fixture = try ExplainFixture(
            ConfigFixture.root([
                "dialects": #"{"agent": {}, "question": {"model": "echo"}}"#,
                "agents": #"{"default": {"model": "echo", "instructions": "Be kind.", "tools": ["calculate"]}}"#,
                "policies": #"""
                [{ "kind": "rate_limit", "name": "chats", "per": "user", "requests": 2,
                   "match": { "dialects": ["agent"] } }]
                """#,
            ]))
        let told = try fixture.explain("POST /chat HTTP/1.1\n\n" + #"{"message": "hello"}"#)
        #expect(told.refusal == nil && told.facts?.dialect == "agent" && told.facts?.model == "echo")
        #expect(told.verdicts["chats"] == "passed")
        let question = try fixture.explain("POST /chat HTTP/1.1\n\n" + #"{"question": "hello"}"#)
        #expect(question.facts?.dialect == "question" && question.verdicts["chats"] == "not_matched")
        let nobody = try fixture.explain("POST /chat HTTP/1.1\n\n" + #"{"message": "x", "agent_name": "nobody"}"#)
        #expect(nobody.refusal?.code == "agent_not_found")
    }

    @Test func `a path without policies of its own passes`() throws {
        let told = try ExplainFixture().explain("GET /v1/models HTTP/1.1\n\n", key: nil)
        #expect(told.refusal == nil && told.verdicts["auth"] == "passed")
        #expect(try ExplainFixture().explain("GET /metrics HTTP/1.1\n\n").refusal?.status == .notFound)
        #expect(try ExplainFixture().explain("GET /metrics HTTP/1.1\n\n", listener: "operators").refusal == nil)
    }

    @Test func `what JSON tells can be read`() throws {
        for file in [ExplainFixture.chat("hello"), ExplainFixture.chat("forbidden"), "{", "GET / HTTP/1.1\n\n"] {
            let json = try ExplainFixture().explain(file).json
            let root = try ByteBuffer(Array(json.utf8)).withBytes { try JSONParser().parse($0) }.root
            #expect(root.members.map(\.key) == ["verdict", "request", "policies", "refusal", "model"])
            #expect(root["policies"]?.count == 12)
        }
    }
}
