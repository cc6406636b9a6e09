import Testing

@testable import Gateway

/// What is legal in a configuration and yet without effect: it is told with its place, and the configuration loads.
@Suite("Warnings of a configuration")
struct ConfigWarningsTests {
    static let planted = #"""
        {
          "listeners": [
            { "name": "public", "address": "127.0.0.1:1" }, { "name": "partners", "address": "127.0.0.1:2" }
          ],
          "upstreams": { "echo": { "kind": "echo" } },
          "models": [
            { "name": "gpt-*", "aliases": ["best"], "balance": "cost",
              "targets": [{ "upstream": "echo" }, { "upstream": "echo", "model": "b" }] },
            { "name": "gpt-4*", "mid_stream": ["continue", "fail", "splice"], "targets": [{ "upstream": "echo" }] },
            { "name": "paid", "targets": [{ "upstream": "echo", "price":
              { "input_per_million_usd": 1, "output_per_million_usd": 1 } }] }
          ],
          "keys": [
            { "id": "laptop", "user": "alice", "team": "red", "tags": ["batch"], "models": ["gtp-*", "best"],
              "model_map": { "old": "piad", "older": "paid" },
              "sha256": "d48fce52832c460238fb82e9f6c57be593ad27ea6ddb5e15d74d1fb4245a76cd" }
          ],
          "policies": [
            { "kind": "auth", "require": "key" },
            { "kind": "auth", "require": "key", "match": { "listeners": ["public"] } },
            { "kind": "budget", "per": "user", "usd": 5, "match": { "models": ["gpt-4o"] } },
            { "kind": "budget", "per": "user", "usd": 5, "match": { "models": ["older"] } },
            { "kind": "cache", "ttl_ms": 1000, "match": { "models": ["gpt-4", "claude*", "pay", "old"],
              "users": ["alica", "alice"], "teams": ["red", "blue"], "keys": ["lap*", "x"], "tags": ["batsh"],
              "dialects": ["openai", "question"] } }
          ]
        }
        """#

    static let told = #"""
        7:56: models[0].balance: no target has a price of its own, so all cost the same; give targets a "price"
        9:15: models[1].name: nobody is ever answered by this model: "gpt-*" stands before it and fits all of its \#
        names; put this one first
        9:40: models[1].mid_stream[0]: never tried: no target of any model has "prefill": true, by which it could go on
        9:60: models[1].mid_stream[2]: never tried: "fail" before it ends the list
        14:85: keys[0].models[0]: fits no name or alias of a model (did you mean "gpt-*"?)
        15:29: keys[0].model_map.old: no model is for "piad", so who asks for "old" gets a 404 (did you mean "paid"?)
        20:5: policies[1]: decides nowhere: an auth policy before it decides on each listener that this one is for; \#
        put it first, or give the other one a match.listeners
        21:47: policies[2].usd: no model that this budget is for has a price, so nothing is ever counted; give models \#
        a "price", or the budget "tokens"
        23:71: policies[4].match.models[1]: fits no name or alias of a model
        23:82: policies[4].match.models[2]: fits no name or alias of a model
        24:17: policies[4].match.users[0]: no caller of this configuration has a user that "alica" fits (did you mean \#
        "alice"?)
        24:53: policies[4].match.teams[1]: no caller of this configuration has a team that "blue" fits
        24:79: policies[4].match.keys[1]: no caller of this configuration has a key that "x" fits
        24:94: policies[4].match.tags[0]: no caller of this configuration has a tag that "batsh" fits (did you mean \#
        "batch"?)
        25:30: policies[4].match.dialects[1]: dialects.question is not configured, so no request is of it
        """#

    @Test("All that can never act is told at once, each with line, column and path")
    func planted() throws {
        let warnings = try ConfigFixture.load(Self.planted).warnings
        let lines = warnings.map { String($0.description.dropFirst("g.json:".count)) }
        #expect(lines == Self.told.split(separator: "\n").map(String.init))
    }

    @Test("A check tells them, and finds the file sound")
    func check() throws {
        let text = ConfigFixture.root(["policies": #"[{ "kind": "auth", "require": "key" }]"#])
        try ConfigFixture.withFiles(["g.json": text]) { folder in
            let (report, isSound) = ConfigLoader.check(path: "\(folder)/g.json")
            let lines = report.split(separator: "\n")
            #expect(isSound && lines.count == 2)
            #expect(
                lines[0].hasPrefix("warning: \(folder)/g.json:")
                    && lines[0].hasSuffix(
                        "policies[0].require: there is no key that anyone could show; make one with `sluice keys"
                            + " new`, or name a keys_file")
            )
            #expect(
                lines[1].hasSuffix(": sound; listeners: 1, upstreams: 1, models: 1, keys: 0, policies: 1; 1 warning"))
        }
    }

    @Test("Where there are mistakes, nothing is said of what follows from them")
    func mistakesFirst() {
        let text = ConfigFixture.root([
            "models": #"[{ "name": 7, "targets": [{ "upstream": "echo" }] }]"#,
            "policies": #"[{ "kind": "cache", "match": { "models": ["gone"] } }]"#,
        ])
        #expect(ConfigFixture.mistakes(text).count == 1)
    }

    private static let key =
        #"{ "id": "k", "user": "alice", "sha256": "d48fce52832c460238fb82e9f6c57be593ad27ea6ddb5e15d74d1fb4245a76cd" }"#

    /// Policies and other members of the root for which a policy's `match` may fit callers whom nobody can know here.
    @Test(
        "Callers who may come from elsewhere are not held to be missing",
        arguments: [
            (#"{ "kind": "auth", "require": ["key", "jwt"], "jwt": { "secret": { "env": "JWT" } } }"#, "{}", "[]"),
            (#"{ "kind": "auth", "require": "key" }"#, #""keys.json""#, "[]"),
            (
                #"{ "kind": "auth", "require": "key" }"#, "null",
                #"[{ "id": "root", "sha256": "236a09565660aca4330902367f2e2d85a7e541da605cc3df97aa17721bd3ebf4" }]"#
            ),
        ])
    func unknownCallers(_ auth: String, _ keysFile: String, _ admins: String) throws {
        let file = keysFile == "{}" ? "null" : keysFile
        let text = ConfigFixture.root([
            "keys": "[\(Self.key)]", "keys_file": file, "admin": #"{ "keys": \#(admins) }"#,
            "policies": #"[\#(auth), { "kind": "cache", "match": { "users": ["bob"], "teams": ["blue"] } }]"#,
        ])
        try ConfigFixture.withFiles(["g.json": text, "keys.json": #"{ "keys": [] }"#]) { folder in
            let secret = String(repeating: "s", count: 32)
            let configuration = try ConfigLoader.load(path: "\(folder)/g.json") { $0 == "JWT" ? secret : nil }
            #expect(configuration.warnings.isEmpty)
        }
    }

    @Test(
        "A budget in dollars is told of only if nothing that answers for it has a price",
        arguments: [
            (#"{ "name": "a", "targets": [{ "upstream": "echo" }] }"#, #""usd": 1"#, 1),
            (#"{ "name": "a", "targets": [{ "upstream": "echo" }] }"#, #""usd": 0"#, 0),
            (#"{ "name": "a", "targets": [{ "upstream": "echo" }] }"#, #""tokens": 1"#, 0),
            (#"{ "name": "a", "targets": [{ "upstream": "echo" }], "fallbacks": ["priced"] }"#, #""usd": 1"#, 0),
            (#"{ "name": "a", "targets": [{ "upstream": "panel" }] }"#, #""usd": 1"#, 0),
        ])
    func budgets(_ model: String, _ amount: String, _ count: Int) throws {
        let price = #"{ "input_per_million_usd": 1, "output_per_million_usd": 1 }"#
        let warnings = try ConfigFixture.load(
            ConfigFixture.root([
                "upstreams": #"{ "echo": { "kind": "echo" }, "panel": { "kind": "magi", "coder": "priced" } }"#,
                "models":
                    #"[\#(model), { "name": "priced", "price": \#(price), "targets": [{ "upstream": "echo" }] }]"#,
                "policies": #"[{ "kind": "budget", "per": "global", \#(amount), "match": { "models": ["a"] } }]"#,
            ])
        ).warnings
        #expect(warnings.count == count)
    }

    @Test("Who needs no key is nobody that a policy could name")
    func anonymous() throws {
        let warnings = try ConfigFixture.load(
            ConfigFixture.root([
                "keys": "[\(Self.key)]",
                "policies":
                    #"[{ "kind": "auth", "require": "open" }, { "kind": "cache", "match": { "users": ["*"] } }]"#,
            ])
        ).warnings
        #expect(warnings.map(\.path) == ["policies[1].match.users[0]"])
    }

    @Test("A sound configuration has nothing to warn of, and neither has the sample")
    func sound() throws {
        #expect(try ConfigFixture.load(ConfigFixture.minimal).warnings.isEmpty)
        #expect(try ConfigLoader.load(path: "\(ConfigFixture.root)/config/gateway.json").warnings.isEmpty)
    }

    @Test("An alias names a model for agents and dialects, too")
    func aliases() throws {
        let text = ConfigFixture.root([
            "models": #"[{ "name": "echo", "aliases": ["best"], "targets": [{ "upstream": "echo" }] }]"#,
            "agents": #"{ "default": { "model": "best" } }"#, "dialects": #"{ "question": { "model": "best" } }"#,
        ])
        #expect(try ConfigFixture.load(text).warnings.isEmpty)
    }
}
