/// A Redis Cluster: its map of slots, and a connection to each master that is used.
///
/// The map is asked for before the first command, and again, without making commands wait, whenever a node contradicts
/// it or fails. MOVED and ASK are followed a few times; a command is sent again only when a node has refused it.
final class RedisCluster {
    private struct Attempt {
        let command: RedisCommand
        var redirections = 0
        let completion: RedisCompletion
    }

    private let settings: RedisSettings
    private let multi: CurlMulti
    private let random: () -> Double
    private let observer: RedisObserver
    private var nodes: [RedisAddress: RedisNode] = [:]
    /// Nil: not known yet.
    private var map: RedisSlotMap?
    private var isAsking = false
    private var askedAt: MonotonicTime?
    /// Commands that need the first map. Bounded by `maxPending`.
    private var waiting: [Attempt] = []
    /// Commands whose slot is on its way, in the order of `time`.
    private var delayed = RequestQueue<(time: MonotonicTime, attempt: Attempt)>()
    private var alarm: RedisAlarm?
    private var isClosed = false

    /// How often one command is sent on, as the specification leaves it to clients.
    private static let maxRedirections = 5
    /// Milliseconds between two requests for the map, at least.
    private static let mapInterval = 100
    /// Milliseconds until a command is tried again whose slot is on its way.
    private static let retryDelay = 20

    init(_ settings: RedisSettings, multi: CurlMulti, random: @escaping () -> Double, observer: @escaping RedisObserver)
    {
        self.settings = settings
        self.multi = multi
        self.random = random
        self.observer = observer
        alarm = RedisAlarm(multi.reactor) { [unowned self] in sendDelayed() }
    }

    /// Ready when all masters are, as far as they were used; the worst of them otherwise.
    var state: RedisState {
        guard let map else { return nodes[settings.address]?.state ?? .connecting }
        var worst = RedisState.ready
        for address in map.masters {
            switch nodes[address]?.state {
            case .unavailable(let since, let error): return .unavailable(since: since, error)
            case .connecting: worst = .connecting
            case .ready, nil: break
            }
        }
        return worst
    }

    func start() {
        if map == nil { askForMap() }
    }

    func send(_ command: RedisCommand, _ completion: @escaping RedisCompletion) {
        send(Attempt(command: command, completion: completion))
    }

    /// The server's number for the connection that serves `slot`; nil: there is none.
    func connectionIdentifier(slot: Int) -> Int? {
        map?.master(of: slot).flatMap { nodes[$0]?.connectionIdentifier }
    }

    func close() {
        isClosed = true
        alarm?.stop()
        for node in nodes.values { node.close() }
        nodes = [:]
        let left = waiting + delayed.takeAll().map(\.attempt)
        waiting = []
        for attempt in left { RedisResult.fail(attempt.completion, .closed) }
    }

    // MARK: Commands

    private func send(_ attempt: Attempt) {
        if isClosed { return RedisResult.fail(attempt.completion, .closed) }
        guard let map else {
            guard waiting.count < settings.maxPending else { return RedisResult.fail(attempt.completion, .queueFull) }
            waiting.append(attempt)
            return askForMap()
        }
        let address = attempt.command.slot.map { map.master(of: $0) } ?? map.masters.first
        guard let address else {
            askForMap()
            return RedisResult.fail(attempt.completion, .clusterDown)
        }
        send(attempt, to: address)
    }

    private func send(_ attempt: Attempt, to address: RedisAddress, asking: Bool = false) {
        let node = node(address)
        // On one connection, one right after the other: it lets the node serve a slot that is on its way to it.
        if asking { node.send(RedisCommand("ASKING")) { _ in } }
        node.send(attempt.command) { [weak self] result in
            switch result {
            case .success:
                attempt.completion(result)
            case .failure(let error):
                guard let self else { return RedisResult.fail(attempt.completion, error) }
                didFail(attempt, error, at: address)
            }
        }
    }

    private func didFail(_ attempt: Attempt, _ error: RedisError, at node: RedisAddress) {
        var attempt = attempt
        attempt.redirections += 1
        guard !isClosed, attempt.redirections <= Self.maxRedirections else {
            return RedisResult.fail(attempt.completion, error)
        }
        switch error {
        case .moved(let slot, let host, let port):
            let address = RedisAddress.node(host: host, port: port, asked: node)
            map?.move(slot, to: address)
            askForMap()
            send(attempt, to: address)
        case .ask(_, let host, let port):
            send(attempt, to: .node(host: host, port: port, asked: node), asking: true)
        case .tryAgain:
            let time = multi.reactor.now.advanced(milliseconds: Self.retryDelay)
            delayed.append((time, attempt))
            alarm?.ring(by: time)
        default:
            // Another node may have taken over.
            if error.isServerFailure || error == .unavailable || error == .clusterDown { askForMap() }
            RedisResult.fail(attempt.completion, error)
        }
    }

    private func sendDelayed() {
        for (_, attempt) in delayed.takeAll() { send(attempt) }
    }

    private func node(_ address: RedisAddress) -> RedisNode {
        if let node = nodes[address] { return node }
        let node = RedisNode(
            address, settings, role: .clusterNode, multi: multi, random: random, observer: observer)
        nodes[address] = node
        return node
    }

    // MARK: The map

    private func askForMap() {
        let now = multi.reactor.now
        if isAsking || isClosed { return }
        if map != nil, let askedAt, now < askedAt.advanced(milliseconds: Self.mapInterval) { return }
        isAsking = true
        askedAt = now
        var candidates = (map?.masters ?? []) + (map?.replicas ?? [])
        if !candidates.contains(settings.address) { candidates.append(settings.address) }
        // Those that answer first, and not the same one each time.
        let turn = Int(random() * Double(candidates.count))
        let rotated = candidates[turn...] + candidates[..<turn]
        let known = rotated.filter { nodes[$0]?.state == .ready }
        ask((known + rotated.filter { !known.contains($0) })[...])
    }

    private func ask(_ candidates: ArraySlice<RedisAddress>) {
        guard let address = candidates.first else { return }
        var command = RedisCommand("CLUSTER")
        command.add("SLOTS")
        node(address).send(command) { [weak self] result in
            guard let self, !isClosed else { return }
            switch result {
            case .success(let reply):
                if let map = RedisSlotMap(reply.value, asked: address) { return take(map) }
                didNotTellMap(.protocolViolation, rest: candidates.dropFirst())
            case .failure(let error):
                didNotTellMap(error, rest: candidates.dropFirst())
            }
        }
    }

    private func didNotTellMap(_ error: RedisError, rest: ArraySlice<RedisAddress>) {
        if !rest.isEmpty { return ask(rest) }
        isAsking = false
        let left = waiting
        waiting = []
        for attempt in left { RedisResult.fail(attempt.completion, error) }
    }

    private func take(_ map: RedisSlotMap) {
        isAsking = false
        self.map = map
        // A node with commands on it is left until the next map.
        for (address, node) in nodes where !map.masters.contains(address) && node.pending == 0 {
            node.close()
            nodes[address] = nil
        }
        let ready = waiting
        waiting = []
        for attempt in ready { send(attempt) }
    }
}
