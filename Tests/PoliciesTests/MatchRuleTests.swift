import Testing

@testable import Policies

/// Which requests a policy is for.
struct MatchRuleTests {
    private let facts = RequestFacts(
        dialect: "openai", path: "/v1/chat/completions", model: "gpt-4o",
        identity: Identity(keyID: "k1", user: "alice", team: "research", models: []), address: "192.0.2.1",
        isStream: true, headers: ["x-tier": "gold-1"])

    @Test func `a rule without criteria is for all`() {
        let other = RequestFacts(
            dialect: "ask", path: "/", model: "", identity: .anonymous, address: "", isStream: false)
        #expect(MatchRule().includes(facts))
        #expect(MatchRule().includes(other))
    }

    @Test func `each list holds if one of it fits`() {
        let lists: [(WritableKeyPath<MatchRule, [Glob]>, fitting: String, other: String)] = [
            (\.paths, "/v1/*", "/v2/*"), (\.models, "gpt-*", "claude-*"), (\.users, "al*", "bob"),
            (\.teams, "research", "sales"), (\.keyIDs, "k1", "k2"),
        ]
        for (list, fitting, other) in lists {
            var rule = MatchRule()
            rule[keyPath: list] = [Glob(other)]
            #expect(!rule.includes(facts), "\(other)")
            rule[keyPath: list] = [Glob(other), Glob(fitting)]
            #expect(rule.includes(facts), "\(fitting)")
        }
    }

    @Test func `all criteria must hold`() {
        var rule = MatchRule()
        rule.dialects = ["openai"]
        rule.models = [Glob("gpt-*")]
        rule.isStream = true
        #expect(rule.includes(facts))
        rule.isStream = false
        #expect(!rule.includes(facts))
        rule.isStream = nil
        rule.dialects = ["ask"]
        #expect(!rule.includes(facts))
    }

    @Test func `every header named must be there and fit`() {
        var rule = MatchRule()
        rule.headers = ["x-tier": Glob("gold-*")]
        #expect(rule.includes(facts))
        rule.headers["x-other"] = Glob("*")
        #expect(!rule.includes(facts), "a star is no leave to be absent")
    }

    @Test func `one of the key's tags must fit`() {
        var tagged = facts
        tagged.identity = Identity(keyID: "k", user: nil, team: nil, tags: ["nightly", "batch-7"], models: [])
        var rule = MatchRule()
        rule.tags = [Glob("batch-*")]
        #expect(rule.includes(tagged))
        #expect(!rule.includes(facts), "a key without tags")
        rule.tags = [Glob("batch"), Glob("day*")]
        #expect(!rule.includes(tagged))
    }

    @Test func `a caller without a user fits no list of users`() {
        var rule = MatchRule()
        rule.users = [Glob("*")]
        var nobody = facts
        nobody.identity = .anonymous
        #expect(!rule.includes(nobody))
    }
}
