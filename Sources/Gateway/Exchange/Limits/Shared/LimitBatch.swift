/// Operations that Redis is told in one step, and does once: it remembers the number.
struct LimitBatch {
    /// One of a worker's commands; no two have the same, but for one that is sent again.
    let number: Int
    /// Whether they take back what the command of this number did, and are nothing if it did nothing.
    var undoes = false
    let operations: [LimitOperation]
}
