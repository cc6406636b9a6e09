/// One command: its name, its arguments, and what the client has to know of it.
package struct RedisCommand: Sendable {
    package internal(set) var arguments = RedisArguments()
    /// The slot of the first key; nil: it has none, and any master of a cluster will do.
    private(set) var slot: Int?
    /// How long the server may hold the reply back on its own, as `XREAD BLOCK` does; added to the timeout.
    package var blockMilliseconds = 0

    package init(_ name: String) { arguments.add(name) }

    /// A command such as `SET KEY …`.
    package init(_ name: String, key: String, _ rest: String...) {
        self.init(name)
        addKey(key)
        for argument in rest { arguments.add(argument) }
    }

    /// Makes room for so many more arguments.
    mutating func reserve(bytes: Int, count: Int) { arguments.reserve(bytes: bytes, count: count) }

    /// A key; the first one says which node of a cluster is asked. All keys of a command must share a slot there.
    package mutating func addKey(_ key: String) {
        if slot == nil { route(by: key) }
        arguments.add(key)
    }

    /// Sends the command to the node of a cluster that has this key, which is no argument of it.
    mutating func route(by key: String) { slot = RedisHashSlot.slot(of: key) }

    package mutating func add(_ text: String) { arguments.add(text) }
    package mutating func add(_ number: Int) { arguments.add(number) }
    package mutating func add(_ blob: [UInt8]) { arguments.add(blob) }
    package mutating func add(_ blob: RawSpan) { arguments.add(blob) }
    package mutating func add(contentsOf other: RedisArguments) { arguments.add(contentsOf: other) }
}
