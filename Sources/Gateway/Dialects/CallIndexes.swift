import Upstreams

/// Tells the calls of tools in one answer apart as their pieces come, also where a provider gives them no index.
struct CallIndexes {
    private var known: [Int] = []

    /// Calls so far.
    var count: Int { known.count }

    /// The index of the call that a piece is of; `isNew`: none has come of it before.
    mutating func take(_ piece: JSONValue) -> (index: Int, isNew: Bool) {
        let index = piece["index"]?.int ?? (piece["id"]?.isFilledString == true ? count : max(0, count - 1))
        if known.contains(index) { return (index, false) }
        known.append(index)
        return (index, true)
    }
}
