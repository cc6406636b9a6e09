/// A dictionary that knows which of its entries was used longest ago. Every operation takes constant time.
struct RecencyTable<Key: Hashable, Value> {
    private struct Node {
        let key: Key
        var value: Value
        /// Places of the neighbours in the order of use; nil at the ends.
        var older: Int?
        var newer: Int?
    }

    private var places: [Key: Int] = [:]
    private var nodes: [Node?] = []
    private var free: [Int] = []
    private var oldest: Int?
    private var newest: Int?

    var count: Int { places.count }

    /// Key and value of the entry that was used longest ago.
    var leastRecent: (key: Key, value: Value)? {
        oldest.flatMap { nodes[$0] }.map { ($0.key, $0.value) }
    }

    var entries: [(key: Key, value: Value)] {
        places.values.compactMap { nodes[$0].map { ($0.key, $0.value) } }
    }

    /// Looks without using.
    subscript(key: Key) -> Value? { places[key].flatMap { nodes[$0]?.value } }

    /// Makes the entry the most recently used one.
    mutating func use(_ key: Key) {
        guard let place = places[key], place != newest else { return }
        unlink(place)
        link(place)
    }

    /// Puts `value` in the place of what was there, as the most recently used.
    mutating func insert(_ value: Value, for key: Key) {
        remove(key)
        let node = Node(key: key, value: value)
        let place: Int
        if let known = free.popLast() {
            place = known
            nodes[place] = node
        } else {
            place = nodes.count
            nodes.append(node)
        }
        places[key] = place
        link(place)
    }

    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        let value = nodes[place]?.value
        nodes[place] = nil
        free.append(place)
        return value
    }

    private mutating func link(_ place: Int) {
        nodes[place]?.older = newest
        nodes[place]?.newer = nil
        if let newest { nodes[newest]?.newer = place } else { oldest = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let older = nodes[place]?.older
        let newer = nodes[place]?.newer
        if let older { nodes[older]?.newer = newer } else { oldest = newer }
        if let newer { nodes[newer]?.older = older } else { newest = older }
    }
}
