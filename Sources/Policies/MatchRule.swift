/// The requests that a policy is for: those that fit every criterion that is given.
package struct MatchRule: Sendable {
    /// Empty: any. The same holds for each list here.
    package var dialects: [String] = []
    /// Paths, with stars.
    package var paths: [Glob] = []
    package var models: [Glob] = []
    package var users: [Glob] = []
    package var teams: [Glob] = []
    package var keyIDs: [Glob] = []
    /// One of the key's tags must fit.
    package var tags: [Glob] = []
    /// Names in lower case; all must be there and fit.
    package var headers: [String: Glob] = [:]
    /// Only streams, or only whole answers; nil: both.
    package var isStream: Bool?

    package init() {}

    package func includes(_ facts: RequestFacts) -> Bool {
        fits(dialects, facts.dialect) && fits(paths, facts.path) && fits(models, facts.model)
            && fits(users, facts.identity.user) && fits(teams, facts.identity.team)
            && fits(keyIDs, facts.identity.keyID)
            && (tags.isEmpty || facts.identity.tags.contains { fits(tags, $0) })
            && headers.allSatisfy { name, pattern in facts.headers[name].map { pattern.matches($0) } ?? false }
            && (isStream == nil || isStream == facts.isStream)
    }

    private func fits(_ names: [String], _ text: String) -> Bool {
        names.isEmpty || names.contains(text)
    }

    private func fits(_ patterns: [Glob], _ text: String?) -> Bool {
        guard !patterns.isEmpty else { return true }
        guard let text else { return false }
        return patterns.contains { $0.matches(text) }
    }
}
