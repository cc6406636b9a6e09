extension MatchRule {
    /// Why the rule does not include a request, one clause for each criterion that does not hold; empty: it does.
    package func mismatches(_ facts: RequestFacts) -> [String] {
        Criterion.allCases.filter { !holds($0, facts) }.flatMap { clauses($0, facts) }
    }

    private func clauses(_ criterion: Criterion, _ facts: RequestFacts) -> [String] {
        switch criterion {
        case .dialects: [clause("dialect", facts.dialect, dialects)]
        case .paths: [clause("path", facts.path, paths.map(\.pattern))]
        case .models: [clause("model", facts.model, models.map(\.pattern))]
        case .users: [clause("user", facts.identity.user, users.map(\.pattern))]
        case .teams: [clause("team", facts.identity.team, teams.map(\.pattern))]
        case .keyIDs: [clause("key", facts.identity.keyID, keyIDs.map(\.pattern))]
        case .tags:
            facts.identity.tags.isEmpty
                ? [clause("tag", nil, tags.map(\.pattern))]
                : facts.identity.tags.map { clause("tag", $0, tags.map(\.pattern)) }
        case .headers:
            headers.sorted { $0.key < $1.key }.filter { !fits($0.value, facts.headers[$0.key]) }.map { name, pattern in
                clause("header \(name)", facts.headers[name], [pattern.pattern])
            }
        case .stream:
            [facts.isStream ? "a stream is asked for, not a whole answer" : "a whole answer is asked for, not a stream"]
        }
    }

    private func clause(_ what: String, _ value: String?, _ wanted: [String]) -> String {
        let list = "[" + wanted.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
        guard let value else { return "no \(what), which must match one of \(list)" }
        return "\(what) \"\(value)\" matches none of \(list)"
    }
}
