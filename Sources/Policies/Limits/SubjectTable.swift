/// The counters of one kind, found by rule and subject. Memory is bounded.
///
/// A clock hand goes round and drops idle counters, a few with every `sweep`. Each rule has a bound on its subjects:
/// when that many are not idle, newcomers share one counter until there is room again. So a flood of made-up subjects
/// can neither fill the memory nor push out anyone's counter.
struct SubjectTable<Counter: LimitCounter>: Sendable {
    private struct Slot {
        var key: SubjectKey?
        var counter: Counter
        var generation: Int32 = 0
    }

    private var slots: [Slot] = []
    private var places: [SubjectKey: CounterPlace] = [:]
    private var free: [Int] = []
    /// Subjects by rule.
    private var counts: [Int: Int] = [:]
    private var hand = 0
    private var isPressed = false

    init() {}

    /// Counters that are held.
    var count: Int { places.count }

    /// Only for a place that holds.
    subscript(place: CounterPlace) -> Counter {
        get { slots[Int(place.index)].counter }
        _modify { yield &slots[Int(place.index)].counter }
    }

    /// Whether the counter that was found there is there still.
    func holds(_ place: CounterPlace) -> Bool {
        place.index < slots.count && slots[Int(place.index)].generation == place.generation
    }

    /// Where the subject's counter is; the place holds at least until the next `sweep`.
    func find(_ key: SubjectKey) -> CounterPlace? { places[key] }

    /// The same for who has found the counter before: only if it was dropped since it is looked for by its key.
    func find(_ known: CounterPlace, or key: @autoclosure () -> SubjectKey) -> CounterPlace? {
        holds(known) ? known : places[key()]
    }

    /// Where the subject's counter is, made if need be, and whether it is the one that newcomers share.
    mutating func findOrAdd(_ key: SubjectKey, maxSubjects: Int) -> (place: CounterPlace, isOverflow: Bool) {
        if let place = places[key] { return (place, false) }
        guard counts[key.rule, default: 0] < maxSubjects else {
            isPressed = true
            let overflow = SubjectKey.overflow(key.rule)
            return (places[overflow] ?? add(overflow), true)
        }
        return (add(key), false)
    }

    /// The same for who has found the counter before, under this key.
    mutating func findOrAdd(
        _ known: CounterPlace, or key: @autoclosure () -> SubjectKey, maxSubjects: Int
    ) -> CounterPlace {
        holds(known) ? known : findOrAdd(key(), maxSubjects: maxSubjects).place
    }

    private mutating func add(_ key: SubjectKey) -> CounterPlace {
        let index = free.popLast() ?? slots.count
        if index == slots.count { slots.append(Slot(key: nil, counter: Counter())) }
        slots[index].key = key
        counts[key.rule, default: 0] += 1
        return note(key, at: index)
    }

    private mutating func note(_ key: SubjectKey, at index: Int) -> CounterPlace {
        let place = CounterPlace(index: Int32(index), generation: slots[index].generation)
        places[key] = place
        return place
    }

    /// Takes over from another table what it has for the subject, and how full the rule is there: `findOrAdd` then
    /// finds here what it would find there.
    mutating func copy(_ key: SubjectKey, from other: Self) {
        for key in [key, .overflow(key.rule)] where places[key] == nil {
            guard let place = other.places[key] else { continue }
            slots.append(other.slots[Int(place.index)])
            _ = note(key, at: slots.count - 1)
        }
        counts[key.rule] = other.counts[key.rule]
    }

    /// Drops idle counters among the next few.
    mutating func sweep(at now: LimitMoment) {
        let steps = min(isPressed ? 64 : 2, slots.count)
        isPressed = false
        for _ in 0..<steps {
            hand = hand + 1 < slots.count ? hand + 1 : 0
            if slots[hand].counter.isIdle(at: now) { drop(hand) }
        }
    }

    private mutating func drop(_ index: Int) {
        guard let key = slots[index].key else { return }
        places[key] = nil
        counts[key.rule, default: 0] -= 1
        slots[index] = Slot(key: nil, counter: Counter(), generation: slots[index].generation &+ 1)
        free.append(index)
    }
}
