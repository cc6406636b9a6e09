import Policies
import Upstreams

/// What `sluice explain` prints for people (docs/explain.md).
extension Explanation {
    var text: String {
        ([heading, ""] + table + [""] + ending).joined(separator: "\n")
    }

    private var heading: String {
        var lines = ["\(asked.method) \(asked.head.path) through listener \(asked.listener.name.quoted)"]
        if let facts {
            let limit = facts.maxOutputTokens.map { ", at most \($0) for the answer" } ?? ""
            lines.append(
                "model \(facts.model.quoted), \(facts.isStream ? "a stream" : "a whole answer"),"
                    + " about \(facts.promptTokens) prompt tokens\(limit)")
        }
        return lines.joined(separator: "\n")
    }

    // MARK: Policies

    private var table: [String] {
        let rows =
            [["POLICY", "KIND", "MODE", "VERDICT", "WHY"]]
            + policies.flatMap { policy in
                let reasons = policy.reasons
                return (reasons.isEmpty ? [""] : reasons).enumerated().map { index, reason in
                    index == 0
                        ? [policy.name, policy.kind, policy.isShadow ? "shadow" : "enforce", policy.words, reason]
                        : ["", "", "", "", reason]
                }
            }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return Self.trimmed((cells + [row[4]]).joined(separator: "  "))
        }
    }

    private static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while line.last == " " { line.removeLast() }
        return String(line)
    }

    // MARK: The end

    private var ending: [String] {
        if let refusal { return Self.refused(refusal) + modelLines }
        let isQueued = policies.contains { $0.verdict == .queued }
        return [isQueued ? "Passes once a place is free." : "Passes."] + modelLines
    }

    private static func refused(_ error: APIError) -> [String] {
        var body = ByteBuffer()
        error.write(to: &body)
        return ["Refused: \(error.status.code) \(error.status.reason)"]
            + error.fields.map { "  \($0.name): \($0.value)" } + ["  " + String(decoding: body.copy(), as: UTF8.self)]
    }

    private var modelLines: [String] {
        guard let model else { return [] }
        let weights = max(1, model.targets.reduce(0) { $0 + $1.weight })
        return ["", "Model \(model.name.quoted) goes to"]
            + model.targets.flatMap { target in
                let share = target.weight * 100 / weights
                let name = "  \(target.upstream) (\(target.kind)) as \(target.model.quoted)"
                return ["\(name), \(share) %"] + target.termLines + target.callLines
            } + model.routingLines
    }
}

extension PolicyExplanation {
    fileprivate var words: String {
        let words = String(verdict.rawValue.map { $0 == "_" ? " " : $0 })
        return isReached || verdict == .notReached || verdict == .notMatched ? words : "(\(words))"
    }

    fileprivate var reasons: [String] {
        guard mismatches.isEmpty else { return mismatches }
        var reasons = [facts, counters.first ?? []].filter { !$0.isEmpty }.map(Self.line)
        reasons += counters.dropFirst().map(Self.line)
        if let refusal { reasons.append(refusal.message) }
        return reasons
    }

    private static func line(_ facts: [ExplainedFact]) -> String { facts.map(\.words).joined(separator: ", ") }
}

extension ModelExplanation {
    /// What is tried besides.
    fileprivate var routingLines: [String] {
        var lines: [String] = []
        if !hedge.isEmpty { lines.append("hedge: " + hedge.map(\.words).joined(separator: ", ")) }
        lines += fallbacks.map { fallback in
            let kinds = fallback.kinds.map(\.rawValue).joined(separator: ", ")
            let origin = fallback.isClients ? ", named by the client," : ""
            return "falls back to \(fallback.model.quoted)\(origin) after: \(kinds.isEmpty ? "nothing" : kinds)"
        }
        return lines.isEmpty ? [] : [""] + lines
    }
}

extension ModelExplanation.Target {
    /// Keys and repetitions.
    fileprivate var termLines: [String] {
        (keys.isEmpty ? [] : ["    keys: " + keys.joined(separator: ", ")])
            + ["    retry: " + retry.map(\.words).joined(separator: ", ")]
    }

    fileprivate var callLines: [String] {
        guard let call else { return problem.map { ["    \($0)"] } ?? [] }
        return ["    POST \(call.url)"] + call.fields.map { "    \($0.name): \($0.value)" }
            + ["", "    " + String(decoding: call.body, as: UTF8.self)]
    }
}
