/// Who makes a request, as the auth policy found.
///
/// Immutable, and a class, since everybody who handles a request keeps it.
package final class Identity: Sendable {
    /// The id of the key that was shown; nil for callers without one. Never the key.
    package let keyID: String?
    package let user: String?
    package let team: String?
    /// Words that the operator gave to the key.
    package let tags: [String]
    /// Models that the caller may use.
    package let models: [Glob]
    /// Models in the place of those that the caller asks for; the first that fits decides.
    package let modelMap: [(asked: Glob, model: String)]

    package init(
        keyID: String?, user: String?, team: String?, tags: [String] = [], models: [Glob],
        modelMap: [(Glob, String)] = []
    ) {
        self.keyID = keyID
        self.user = user
        self.team = team
        self.tags = tags
        self.models = models
        self.modelMap = modelMap.map { (asked: $0.0, model: $0.1) }
    }

    /// A caller who needed no key: may use every model.
    package static let anonymous = Identity(keyID: nil, user: nil, team: nil, models: [Glob("*")])

    /// The model that this caller gets in the place of the one that it asks for.
    package func stand(inFor model: String) -> String {
        modelMap.first { $0.asked.matches(model) }?.model ?? model
    }

    package func mayUse(model: String) -> Bool {
        models.contains { $0.matches(model) }
    }
}
