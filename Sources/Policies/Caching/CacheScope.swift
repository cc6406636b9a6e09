/// Who shares kept answers.
package enum CacheScope: String, CaseIterable, Sendable {
    /// Each user alone; callers without a user: each key.
    case user
    /// All users of a team; callers without a team: each user or key.
    case team
    /// All callers.
    case global
}
