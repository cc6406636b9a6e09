/// The counters of one kind, found by rule and subject. Memory is bounded.
///
/// A clock hand goes round and drops idle counters, a few with every `sweep`. Each rule has a bound on its subjects:
/// when that many are not idle, newcomers share one counter until there is room again. So a flood of made-up subjects
/// can neither fill the memory nor push out anyone's counter.
struct SubjectTable<Counter: LimitCounter>: Sendable {
    private struct Slot {
        var key: SubjectKey?
        var counter: Counter
    }

    private var slots: [Slot] = []
    private var places: [SubjectKey: Int] = [:]
    private var free: [Int] = []
    /// Subjects by rule.
    private var counts: [Int: Int] = [:]
    private var hand = 0
    private var isPressed = false

    init() {}

    /// Counters that are held.
    var count: Int { places.count }

    subscript(place: Int) -> Counter {
        get { slots[place].counter }
        _modify { yield &slots[place].counter }
    }

    /// Where the subject's counter is; the place holds until the next `sweep`. `guess`: where it once was.
    func find(_ key: SubjectKey, guess: Int? = nil) -> Int? {
        if let guess, guess < slots.count, slots[guess].key == key { return guess }
        return places[key]
    }

    /// Where the subject's counter is, made if need be, and the key that it has. `guess`: where it once was.
    mutating func findOrAdd(
        _ key: SubjectKey, maxSubjects: Int, guess: Int? = nil
    ) -> (place: Int, key: SubjectKey) {
        if let place = find(key, guess: guess) { return (place, key) }
        let overflow = SubjectKey.overflow(key.rule)
        guard counts[key.rule, default: 0] < maxSubjects || key == overflow else {
            isPressed = true
            return findOrAdd(overflow, maxSubjects: maxSubjects)
        }
        let place = free.popLast() ?? slots.count
        let slot = Slot(key: key, counter: Counter())
        if place < slots.count { slots[place] = slot } else { slots.append(slot) }
        places[key] = place
        counts[key.rule, default: 0] += 1
        return (place, key)
    }

    /// Takes over from another table what it has for the subject, and how full the rule is there: `findOrAdd` then
    /// finds here what it would find there.
    mutating func copy(_ key: SubjectKey, from other: Self) {
        for key in [key, .overflow(key.rule)] where places[key] == nil {
            guard let place = other.places[key] else { continue }
            places[key] = slots.count
            slots.append(other.slots[place])
        }
        counts[key.rule] = other.counts[key.rule]
    }

    /// Drops idle counters among the next few.
    mutating func sweep(at now: LimitMoment) {
        let steps = min(isPressed ? 64 : 2, slots.count)
        isPressed = false
        for _ in 0..<steps {
            hand = hand + 1 < slots.count ? hand + 1 : 0
            drop(hand, ifIdleAt: now)
        }
    }

    private mutating func drop(_ place: Int, ifIdleAt now: LimitMoment) {
        guard let key = slots[place].key, slots[place].counter.isIdle(at: now) else { return }
        places[key] = nil
        counts[key.rule, default: 0] -= 1
        slots[place] = Slot(key: nil, counter: Counter())
        free.append(place)
    }
}
