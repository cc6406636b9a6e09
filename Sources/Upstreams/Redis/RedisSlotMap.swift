/// Which master of a cluster serves which slot.
struct RedisSlotMap: Equatable {
    /// Each once.
    private(set) var masters: [RedisAddress] = []
    /// Servers that follow a master, and may know more when no master answers.
    private(set) var replicas: [RedisAddress] = []
    /// For each slot an index into `masters`, or -1.
    private var owners = [Int16](repeating: -1, count: RedisHashSlot.count)

    /// Reads a reply to `CLUSTER SLOTS`: for each range of slots its ends, its master and its replicas, each as host,
    /// port and more. An empty or missing host is that of `asked`, the node that answered. Nil: not such a reply.
    init?(_ reply: RedisValue, asked: RedisAddress) {
        guard case .array(let ranges) = reply else { return nil }
        for range in ranges {
            let parts = range.elements
            guard parts.count >= 3, let first = parts[0].integer, let last = parts[1].integer,
                (0...last).contains(first), last < RedisHashSlot.count,
                let master = Self.address(parts[2], asked: asked)
            else { return nil }
            let index = index(of: master)
            for slot in first...last { owners[slot] = index }
            for replica in parts.dropFirst(3).compactMap({ Self.address($0, asked: asked) })
            where !replicas.contains(replica) {
                replicas.append(replica)
            }
        }
    }

    /// Nil: nobody serves it.
    func master(of slot: Int) -> RedisAddress? { owners[slot] < 0 ? nil : masters[Int(owners[slot])] }

    /// Takes the word of a node that a slot lies elsewhere.
    mutating func move(_ slot: Int, to address: RedisAddress) { owners[slot] = index(of: address) }

    private mutating func index(of master: RedisAddress) -> Int16 {
        if let index = masters.firstIndex(of: master) { return Int16(index) }
        masters.append(master)
        return Int16(masters.count - 1)
    }

    private static func address(_ value: RedisValue, asked: RedisAddress) -> RedisAddress? {
        let parts = value.elements
        guard parts.count >= 2, let port = parts[1].integer else { return nil }
        return .node(host: parts[0].string ?? "", port: port, asked: asked)
    }
}

extension RedisAddress {
    /// An address that a cluster's node tells; without a host, or with the `?` of a node that does not know its own,
    /// it is that of the node that was asked.
    static func node(host: String, port: Int, asked: RedisAddress) -> RedisAddress {
        if !host.isEmpty, host != "?" { return .tcp(host: host, port: port) }
        guard case .tcp(let same, _) = asked else { return .tcp(host: "localhost", port: port) }
        return .tcp(host: same, port: port)
    }
}
