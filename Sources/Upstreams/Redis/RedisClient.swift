/// A worker's way to Redis: one server, the master that a group of Sentinels names, or a cluster.
///
/// Owns the connections, makes them when they are first needed and again when they are lost. Commands of one turn of
/// the loop travel together. Everything is called on the loop's thread. A connection on which commands block
/// (`XREAD BLOCK`) belongs to a client of its own, since replies come in order.
package final class RedisClient {
    private enum Topology {
        case single(RedisNode)
        case cluster(RedisCluster)
    }

    package let settings: RedisSettings
    private let topology: Topology

    /// `random` gives numbers from 0 to below 1. `observer` hears when a server becomes ready or unavailable.
    package init(
        _ settings: RedisSettings, multi: CurlMulti, random: @escaping () -> Double,
        observer: @escaping RedisObserver = { _, _ in }
    ) {
        self.settings = settings
        if settings.isCluster {
            topology = .cluster(RedisCluster(settings, multi: multi, random: random, observer: observer))
        } else {
            let locator = settings.sentinel.map { RedisSentinel(settings, $0, multi: multi) }
            topology = .single(
                RedisNode(
                    settings.address, settings, role: .master, multi: multi, locator: locator, random: random,
                    observer: observer))
        }
    }

    deinit { close() }

    /// Whether commands can be served; of a cluster, by the worst of its masters.
    package var state: RedisState {
        switch topology {
        case .single(let node): node.state
        case .cluster(let cluster): cluster.state
        }
    }

    /// Connects before the first command does.
    package func start() {
        switch topology {
        case .single(let node): node.start()
        case .cluster(let cluster): cluster.start()
        }
    }

    package func send(_ command: RedisCommand, _ completion: @escaping RedisCompletion) {
        switch topology {
        case .single(let node): node.send(command, completion)
        case .cluster(let cluster): cluster.send(command, completion)
        }
    }

    /// Runs a script: one round trip, or two when the server does not have it (again). All keys must share a slot in a
    /// cluster.
    package func run(
        _ script: RedisScript, keys: [String], arguments: RedisArguments, _ completion: @escaping RedisCompletion
    ) {
        if script.beginLoading() {
            var load = RedisCommand("SCRIPT")
            load.add("LOAD")
            load.add(script.source)
            send(load) { result in script.didLoad(result) }
        }
        send(script.command(keys: keys, arguments: arguments, byDigest: true)) { [weak self] result in
            guard let self, result.error == .noScript else { return completion(result) }
            send(script.command(keys: keys, arguments: arguments, byDigest: false), completion)
        }
    }

    /// Ends the blocking command that waits on another client's connection, which gets the reply of one whose time is
    /// up. `key` is the command's; it tells the node of a cluster. `done` hears whether a command waited: one that is
    /// still on its way to the server is not interrupted.
    package func interrupt(_ other: RedisClient, key: String, _ done: @escaping (Bool) -> Void) {
        var command = RedisCommand("CLIENT")
        command.add("UNBLOCK")
        switch other.topology {
        case .single(let node):
            guard let identifier = node.connectionIdentifier else { return done(false) }
            command.add(identifier)
        case .cluster(let cluster):
            let slot = RedisHashSlot.slot(of: key)
            guard let identifier = cluster.connectionIdentifier(slot: slot) else { return done(false) }
            command.add(identifier)
            command.route(by: key)
        }
        send(command) { result in done(result.integer == 1) }
    }

    /// Ends all connections; commands that wait fail with `closed`.
    package func close() {
        switch topology {
        case .single(let node): node.close()
        case .cluster(let cluster): cluster.close()
        }
    }
}
