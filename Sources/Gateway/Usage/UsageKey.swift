import Policies

/// Whose use of what is counted together.
struct UsageKey: Hashable, Sendable {
    let user: String?
    let team: String?
    /// The id of the key, never the key.
    let key: String?
    /// The model's name in the configuration.
    let model: String

    init(user: String?, team: String?, key: String?, model: String) {
        (self.user, self.team, self.key, self.model) = (user, team, key, model)
    }

    init(_ identity: Identity, model: String) {
        self.init(user: identity.user, team: identity.team, key: identity.keyID, model: model)
    }

    /// For all that found the table full.
    static let other = Self(user: "other", team: "other", key: "other", model: "other")

    /// A key belongs to one user, a user mostly to one team: the rest adds nothing.
    func hash(into hasher: inout Hasher) {
        hasher.combine(key ?? user)
        hasher.combine(model)
    }
}
