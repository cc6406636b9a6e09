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

    /// Whether there is no criterion at all, so that every request fits.
    package var isUnconditional: Bool {
        dialects.isEmpty && paths.isEmpty && models.isEmpty && users.isEmpty && teams.isEmpty && keyIDs.isEmpty
            && tags.isEmpty && headers.isEmpty && isStream == nil
    }

    /// What a rule may ask of a request.
    enum Criterion: CaseIterable {
        case dialects, paths, models, users, teams, keyIDs, tags, headers, stream
    }

    package func includes(_ facts: RequestFacts) -> Bool {
        holds(.dialects, facts) && holds(.paths, facts) && holds(.models, facts) && holds(.users, facts)
            && holds(.teams, facts) && holds(.keyIDs, facts) && holds(.tags, facts) && holds(.headers, facts)
            && holds(.stream, facts)
    }

    func holds(_ criterion: Criterion, _ facts: RequestFacts) -> Bool {
        switch criterion {
        case .dialects: fits(dialects, facts.dialect)
        case .paths: fits(paths, facts.path)
        case .models: fits(models, facts.model)
        case .users: fits(users, facts.identity.user)
        case .teams: fits(teams, facts.identity.team)
        case .keyIDs: fits(keyIDs, facts.identity.keyID)
        case .tags: tags.isEmpty || facts.identity.tags.contains { fits(tags, $0) }
        case .headers: headers.allSatisfy { fits($0.value, facts.headers[$0.key]) }
        case .stream: isStream == nil || isStream == facts.isStream
        }
    }

    func fits(_ pattern: Glob, _ text: String?) -> Bool { text.map { pattern.matches($0) } ?? false }

    private func fits(_ names: [String], _ text: String) -> Bool {
        names.isEmpty || names.contains(text)
    }

    private func fits(_ patterns: [Glob], _ text: String?) -> Bool {
        patterns.isEmpty || patterns.contains { fits($0, text) }
    }
}
