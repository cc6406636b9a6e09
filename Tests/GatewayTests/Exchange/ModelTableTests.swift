import Testing

@testable import Gateway

/// Names of models and what answers for them.
struct ModelTableTests {
    private func table(_ names: String...) throws -> ModelTable {
        let models = names.map { #"{"name": "\#($0)", "targets": [{"upstream": "echo"}]}"# }
        let configuration = try ConfigFixture.load(
            ConfigFixture.root(["models": "[" + models.joined(separator: ",") + "]"]))
        return ModelTable(configuration.models, [])
    }

    @Test(arguments: [
        ("gpt-4o", "gpt-4o"), ("gpt-4o-mini", "gpt-4*"), ("gpt-3.5", "gpt-*"), ("other", "*"), ("", "*"),
        ("GPT-4o", "*"),
    ])
    func `an exact name goes first, then patterns in their order`(model: String, route: String) throws {
        let table = try table("gpt-4*", "*-mini", "gpt-4o", "gpt-*", "*")
        #expect(table.route(model)?.name == route)
    }

    @Test func `a name that none fits has no route`() throws {
        let table = try table("gpt-*")
        #expect(table.route("claude")?.name == nil)
        #expect(table.route("gpt-")?.name == "gpt-*")
    }

    @Test func `only exact names are listed, in the configuration's order`() throws {
        #expect(try table("b", "x-*", "a").listed.map(\.name) == ["b", "a"])
    }
}
