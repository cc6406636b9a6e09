import Policies
import Upstreams

/// Targets that could not be asked just now, and what would have to be waited for.
struct Standby {
    /// The first whose upstream has no place.
    private(set) var full: Candidate?
    /// One whose key rests as a guess, and that key.
    private(set) var guessed: (Candidate, key: Int)?
    /// The one whose keys are back first, and when, in milliseconds.
    private(set) var resting: (Candidate, milliseconds: Int)?
    /// Milliseconds after which it is worth asking again; nil: nothing was noted.
    private(set) var retryAfter: Int?

    mutating func note(_ candidate: Candidate, _ obstacle: Destination.Admission) {
        switch obstacle {
        case .admitted: preconditionFailure("an obstacle that is none")
        case .full: full = full ?? candidate
        case .broken(let wait): note(wait)
        case .resting(let wait, let key):
            note(wait)
            if guessed == nil, let key { guessed = (candidate, key) }
            if wait < resting?.milliseconds ?? .max { resting = (candidate, wait) }
        }
    }

    private mutating func note(_ wait: Int) { retryAfter = min(retryAfter ?? wait, wait) }
}
