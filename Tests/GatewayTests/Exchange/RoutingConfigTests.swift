import Policies
import Testing

@testable import Gateway

/// How routing is configured, and what of it cannot be meant.
struct RoutingConfigTests {
    private func models(_ models: String) throws -> [ModelConfiguration] {
        try ConfigFixture.load(ConfigFixture.root(["models": models])).models
    }

    @Test func `a model alone is drawn by weight and has no fallbacks and no hedge`() throws {
        let model = try models(#"[{"name": "a", "targets": [{"upstream": "echo"}]}]"#)[0]
        #expect(model.balance == .weighted && model.fallbacks.isEmpty && model.hedge == nil && model.aliases.isEmpty)
    }

    @Test func `fallbacks are names, or objects that name failures`() throws {
        let model = try models(
            #"""
            [{"name": "a", "targets": [{"upstream": "echo"}],
              "fallbacks": ["b-1", {"model": "b-2", "on": ["content_filter", "timeout"]}]},
             {"name": "b-*", "targets": [{"upstream": "echo"}]}]
            """#)[0]
        #expect(model.fallbacks == [FallbackRule("b-1"), FallbackRule("b-2", on: [.contentFilter, .timeout])])
    }

    @Test(arguments: [
        (#""fallbacks": ["c"]"#, #"there is no model "c""#),
        (#""fallbacks": [{"model": "b", "on": []}]"#, "expected at least 1"),
        (#""fallbacks": [{"model": "b", "on": ["storm"]}]"#, #"found "storm""#),
        (#""aliases": ["b"]"#, "another model has this name"),
        (#""aliases": ["x-*"]"#, "expected a name without stars"),
        (#""balance": "fair""#, #"found "fair""#),
    ])
    func `what cannot be meant is a mistake`(member: String, told: String) {
        let mistakes = ConfigFixture.mistakes(
            ConfigFixture.root([
                "models": #"[{"name": "a", "targets": [{"upstream": "echo"}], \#(member)}, "#
                    + #"{"name": "b", "targets": [{"upstream": "echo"}]}]"#
            ]))
        #expect(mistakes.count == 1 && mistakes[0].contains(told), "\(mistakes)")
    }

    @Test func `an alias is found, and stands for its model's own name`() throws {
        let table = ModelTable(
            try models(#"[{"name": "a", "aliases": ["best"], "targets": [{"upstream": "echo"}]}]"#), [])
        let route = try #require(table.route("best"))
        #expect(route.name == "a" && route.canonicalName(of: "best") == "a")
        #expect(table.listed.map(\.name) == ["a"])
    }
}
