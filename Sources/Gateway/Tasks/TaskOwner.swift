import Policies

/// Who asked for a task, and so who may look at it: the same user or team; the same key where keys have neither.
struct TaskOwner: Hashable, Sendable {
    let user: String?
    let team: String?
    let keyID: String?

    init(user: String?, team: String?, keyID: String?) {
        self.user = user
        self.team = team
        self.keyID = keyID
    }

    init(_ identity: Identity) { self.init(user: identity.user, team: identity.team, keyID: identity.keyID) }

    func isAlsoOwned(by other: TaskOwner) -> Bool {
        if let user, user == other.user { return true }
        if let team, team == other.team { return true }
        return user == nil && team == nil && keyID == other.keyID
    }

    /// Whose share of the queue a task takes.
    var share: String { user.map { "user \($0)" } ?? keyID.map { "key \($0)" } ?? "" }
}
