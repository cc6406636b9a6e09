import Testing

@testable import Policies

/// Which requests a policy is for.
struct MatchRuleTests {
    private let facts = Self.facts(of: Identity(keyID: "k1", user: "alice", team: "research", models: []))

    private static func facts(of identity: Identity) -> RequestFacts {
        RequestFacts(
            dialect: "openai", path: "/v1/chat/completions", model: "gpt-4o", identity: identity,
            address: "192.0.2.1", isStream: true, headers: ["x-tier": "gold-1"])
    }

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
        let tagged = Self.facts(
            of: Identity(keyID: "k", user: nil, team: nil, tags: ["nightly", "batch-7"], models: []))
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
        let nobody = Self.facts(of: .anonymous)
        #expect(!rule.includes(nobody))
    }

    @Test func `each criterion that does not hold is told, with what was wanted`() {
        var rule = MatchRule()
        rule.dialects = ["ask"]
        rule.paths = [Glob("/v1/chat/*")]
        rule.models = [Glob("claude-*"), Glob("o1")]
        rule.users = [Glob("bob")]
        rule.headers = ["x-tier": Glob("silver"), "x-other": Glob("*"), "x-none": Glob("1")]
        rule.isStream = false
        #expect(
            rule.mismatches(facts) == [
                #"dialect "openai" matches none of ["ask"]"#,
                #"model "gpt-4o" matches none of ["claude-*", "o1"]"#,
                #"user "alice" matches none of ["bob"]"#,
                #"no header x-none, which must match one of ["1"]"#,
                #"no header x-other, which must match one of ["*"]"#,
                #"header x-tier "gold-1" matches none of ["silver"]"#,
                "a stream is asked for, not a whole answer",
            ])
        let nobody = Self.facts(of: .anonymous)
        rule = MatchRule()
        rule.teams = [Glob("*")]
        rule.keyIDs = [Glob("k*")]
        rule.tags = [Glob("beta")]
        #expect(
            rule.mismatches(nobody) == [
                #"no team, which must match one of ["*"]"#, #"no key, which must match one of ["k*"]"#,
                #"no tag, which must match one of ["beta"]"#,
            ])
        let tagged = Self.facts(
            of: Identity(keyID: "k1", user: nil, team: "t", tags: ["trial", "eu"], models: []))
        #expect(
            rule.mismatches(tagged) == [
                #"tag "trial" matches none of ["beta"]"#, #"tag "eu" matches none of ["beta"]"#,
            ])
    }

    @Test func `what includes a request has nothing to tell, and the other way round`() {
        let globs = [[], [Glob("*")], [Glob("gpt-*")], [Glob("x")]]
        for users in globs {
            for models in globs {
                for stream in [nil, true, false] {
                    var rule = MatchRule()
                    rule.users = users
                    rule.models = models
                    rule.isStream = stream
                    for identity in [facts.identity, .anonymous] {
                        let facts = Self.facts(of: identity)
                        #expect(rule.includes(facts) == rule.mismatches(facts).isEmpty)
                    }
                }
            }
        }
    }
}
