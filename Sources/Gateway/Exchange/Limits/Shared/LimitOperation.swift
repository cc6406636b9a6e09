import Policies

/// One thing that Redis is told of one counter.
struct LimitOperation {
    enum Kind {
        /// Something was taken or is given back. `time` is in the store's microseconds; 0: now.
        case change(LimitChange, time: Int)
        /// A place is free.
        case release(holder: String)
    }

    /// The counter.
    let key: String
    var kind: Kind

    /// Takes up a later operation of the same counter that can be done in one with this; false: it cannot.
    mutating func merge(_ later: LimitOperation) -> Bool {
        guard case .change(var change, let time) = kind, case .change(let other, let otherTime) = later.kind,
            change.period == other.period
        else { return false }
        change.amount += other.amount
        kind = .change(change, time: max(time, otherTime))
        return true
    }
}
