import Policies
import Testing
import Upstreams

@testable import Gateway

@Suite("Configuration of the pace")
struct PaceConfigurationTests {
    private func text(_ members: String) -> String {
        ConfigFixture.root(["policies": #"[{ "kind": "pace"\#(members.isEmpty ? "" : ", ")\#(members) }]"#])
    }

    private func settings(_ members: String) throws -> PaceSettings? {
        guard case .pace(let section) = try ConfigFixture.load(text(members)).policies[0].kind else { return nil }
        return section.settings
    }

    @Test("What is left out depends on the unit")
    func defaults() throws {
        let word = try settings(#""unit": "word""#)
        #expect(word == PaceSettings(unit: .word, minCharacters: 1, maxDelay: 100_000_000))
        let gathered = try settings(#""min_chars": 40"#)
        #expect(gathered == PaceSettings(unit: .event, minCharacters: 40, maxDelay: 100_000_000))
        let timed = try settings(#""max_delay_ms": 50"#)
        #expect(timed == PaceSettings(unit: .event, minCharacters: .max, maxDelay: 50_000_000))
        let replay = try settings(#""rate": 20, "max_held_bytes": 2048"#)
        #expect(
            replay
                == PaceSettings(unit: .event, minCharacters: .max, maxDelay: 0, rate: 20, maxHeldBytes: 2048))
    }

    @Test("What would do nothing or is out of range is a mistake, told with its place")
    func mistakes() {
        #expect(
            ConfigFixture.mistakes(text(""))
                == ["policies[0].unit: nothing to do: give unit, min_chars, max_delay_ms or rate"])
        #expect(
            ConfigFixture.mistakes(text(#""unit": "word", "min_chars": 9, "max_delay_ms": 0"#))
                == ["policies[0].min_chars: waiting for characters takes a max_delay_ms above 0"])
        let paths = ConfigFixture.mistakes(text(#""unit": "wrod", "rate": 0, "min_chars": 0, "max_delay_ms": -1"#))
            .map { String($0.prefix { $0 != ":" }) }
        #expect(
            Set(paths) == [
                "policies[0].unit", "policies[0].rate", "policies[0].min_chars", "policies[0].max_delay_ms",
            ])
    }

    @Test("The first enforced policy that is for a streamed request gives the pacer; shadow ones count")
    func chain() throws {
        let policies = """
            [{ "kind": "pace", "unit": "char", "name": "shadow", "mode": "shadow" },
             { "kind": "pace", "unit": "line", "match": { "models": ["other"] } },
             { "kind": "pace", "unit": "word", "name": "words" }]
            """
        let generation = try Generation(
            try ConfigFixture.load(ConfigFixture.root(["policies": policies])), ticketKeys: TicketKeys())
        let (parser, metrics) = (JSONParser(), MetricsRegistry(worker: 0))
        let chain = PolicyChain(generation, parser: parser, metrics)
        func facts(isStream: Bool) -> RequestFacts {
            RequestFacts(
                dialect: "openai", path: "/v1/chat/completions", model: "echo", identity: .anonymous, address: "::1",
                isStream: isStream)
        }
        var decisions: [PolicyDecision] = []
        func pacer(isStream: Bool) -> Pacer? {
            chain.pacer(for: facts(isStream: isStream), listener: "public", parser: parser, &decisions)
        }
        #expect(!chain.isEmpty && pacer(isStream: false) == nil && decisions.isEmpty)
        let pacer = try #require(pacer(isStream: true))
        var events: [String] = []
        ByteBuffer(Array(PaceFixture.text("a b").utf8)).withBytes { event in
            pacer.event(event, now: MonotonicTime(nanoseconds: 0)) {
                events.append(String(decoding: $0.copy(), as: UTF8.self))
            }
        }
        #expect(events == [PaceFixture.text("a")])
        let counts = [("shadow", "shadow"), ("pace", "enforce"), ("words", "enforce")].map {
            metrics.policy(PolicyKey(policy: $0.0, kind: "pace", mode: $0.1)).values.changed
        }
        #expect(counts == [1, 0, 1])
        #expect(
            decisions == [
                PolicyDecision(policy: "shadow", verdict: .change, isShadow: true),
                PolicyDecision(policy: "words", verdict: .change, isShadow: false),
            ])
    }
}
