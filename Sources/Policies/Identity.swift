/// Who makes a request, as the auth policy found.
package struct Identity: Sendable {
    /// The id of the key that was shown; nil for callers without one. Never the key.
    package let keyID: String?
    package let user: String?
    package let team: String?
    /// Words that the operator gave to the key.
    package let tags: [String]
    /// Models that the caller may use.
    package let models: [Glob]

    package init(keyID: String?, user: String?, team: String?, tags: [String] = [], models: [Glob]) {
        self.keyID = keyID
        self.user = user
        self.team = team
        self.tags = tags
        self.models = models
    }

    /// A caller who needed no key: may use every model.
    package static let anonymous = Identity(keyID: nil, user: nil, team: nil, models: [Glob("*")])

    package func mayUse(model: String) -> Bool {
        models.contains { $0.matches(model) }
    }
}
