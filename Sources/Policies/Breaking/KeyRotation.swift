/// Which of a provider's keys is shown next: one after another, passing over those that rest.
///
/// A key rests because the provider said for how long (`isAsked`), or as a guess. Time is the caller's, in milliseconds.
package struct KeyRotation: Sendable {
    package enum Choice: Sendable, Equatable {
        case key(Int)
        /// All rest; the first is back after so many milliseconds. `guessed`: a key that nobody asked to rest.
        case resting(milliseconds: Int, guessed: Int?)
    }

    package struct Rest: Sendable, Equatable {
        package fileprivate(set) var until = Int.min
        /// The provider said for how long.
        package fileprivate(set) var isAsked = false
    }

    private var rests: [Rest]
    private var next = 0

    /// `count`: at least one.
    package init(count: Int) {
        precondition(count > 0, "no keys to rotate")
        rests = Array(repeating: Rest(), count: count)
    }

    package var count: Int { rests.count }

    package func isResting(at now: Int) -> Bool { rests.contains { $0.until > now } }

    /// How long a key rests; nil: it does not.
    package func rest(of key: Int, at now: Int) -> Rest? {
        rests.indices.contains(key) && rests[key].until > now ? rests[key] : nil
    }

    package mutating func pick(at now: Int) -> Choice {
        for step in 0..<rests.count {
            let place = (next + step) % rests.count
            guard rests[place].until <= now else { continue }
            next = place + 1
            return .key(place)
        }
        let first = rests.map(\.until).min() ?? now
        return .resting(milliseconds: first - now, guessed: rests.firstIndex { !$0.isAsked })
    }

    /// The key rests for so long; a longer rest stays.
    package mutating func rest(_ key: Int, milliseconds: Int, isAsked: Bool, at now: Int) {
        guard rests.indices.contains(key), now + milliseconds > rests[key].until else { return }
        rests[key] = Rest(until: now + milliseconds, isAsked: isAsked)
    }
}
