internal import CRegex

/// Shares needles out among the groups that a search tells apart at once, so that few places of a text look like one.
///
/// A search knows the bytes of a group's windows by their halves, and takes for one whatever has its halves from two of
/// them: needles go together that have much in common. For configurations.
struct NeedleGroups {
    private struct Group {
        /// What the bytes of its windows may be, one after the other; empty: it has none yet.
        var window: [ByteClass] = []
        /// That a place of running text looks like one of its windows.
        var chance = 0.0

        func adding(_ other: [ByteClass]) -> Group {
            let union = window.isEmpty ? other : zip(window, other).map { $0.union($1) }
            return Group(window: union, chance: union.reduce(1) { $0 * $1.ofSameHalves.frequency })
        }
    }

    private var groups = Array(repeating: Group(), count: Int(CR_NEEDLE_GROUPS))

    /// The group of a needle whose window begins with `classes`: that which it makes worse the least.
    mutating func choose(_ classes: ArraySlice<ByteClass>) -> UInt8 {
        let width = Int(CR_NEEDLE_WINDOW)
        let window = Array(classes.prefix(width)) + Array(repeating: .any, count: max(0, width - classes.count))
        let grown = groups.map { $0.adding(window) }
        let cost = groups.indices.map { grown[$0].chance - groups[$0].chance }
        let best = groups.indices.min { cost[$0] < cost[$1] } ?? 0
        groups[best] = grown[best]
        return UInt8(best)
    }
}
