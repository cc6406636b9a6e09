import Foundation
import Testing

@testable import Gateway

/// The page about metrics and the alert rules speak of the families that exist.
@Suite struct MetricsDocumentationTests {
    private static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        return try String(contentsOf: root.appending(path: path).standardizedFileURL, encoding: .utf8)
    }

    /// Names of all samples that a family may have.
    private static var sampleNames: Set<String> {
        var names: Set<String> = []
        for definition in MetricFamily.allCases.map(\.definition) {
            switch definition.kind {
            case .counter: names.insert(definition.name + "_total")
            case .gauge: names.insert(definition.name)
            case .histogram: names.formUnion(["_bucket", "_sum", "_count"].map { definition.name + $0 })
            }
        }
        return names
    }

    @Test(arguments: MetricFamily.allCases)
    func thePageHasTheRowOfEveryFamily(_ family: MetricFamily) throws {
        let definition = family.definition
        let name = definition.name + (definition.kind == .counter ? "_total" : "")
        let labels = definition.labels.map { "`\($0)`" }.joined(separator: ", ")
        let row = "| `\(name)` | \(definition.kind.rawValue) | \(labels.isEmpty ? "–" : labels) | \(definition.help) |"
        #expect(try Self.text("docs/metrics.md").contains(row))
    }

    @Test func namesAreUniqueAndEndWithTheirUnit() {
        let definitions = MetricFamily.allCases.map(\.definition)
        #expect(Set(definitions.map(\.name)).count == definitions.count)
        for definition in definitions {
            #expect(definition.unit == .none || definition.name.hasSuffix("_" + definition.unit.rawValue))
            #expect(!definition.name.hasSuffix("_total") && !definition.name.hasSuffix("_info_info"))
        }
    }

    @Test(arguments: ["docs/metrics.md", "ops/prometheus/alerts.yaml"])
    func queriesAskForSeriesThatExist(_ path: String) throws {
        let text = try Self.text(path)
        let asked = text.matches(of: /(?:sluice|gen_ai_server|process)_[a-z_]+(?=[{\[])/).map { String($0.output) }
        #expect(asked.count >= 4)
        #expect(Set(asked).subtracting(Self.sampleNames) == [])
    }
}
