/// Why a text must not go on.
package enum GuardStop: Error, Hashable, Sendable {
    /// The rule of this index forbids it.
    case denied(rule: Int)
    /// There are more places to look at than a text may have.
    case tooManyPlaces
}
