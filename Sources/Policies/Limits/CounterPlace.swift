/// Where a `SubjectTable` has a counter. Leads to it until it is dropped, and nowhere from then on.
struct CounterPlace: Sendable {
    let index: Int32
    /// Counters that were at the index before.
    let generation: Int32

    /// For counters that are kept elsewhere.
    static let nowhere = CounterPlace(index: 0, generation: -1)
}
