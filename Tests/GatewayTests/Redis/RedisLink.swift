import Testing
import Upstreams

@testable import Gateway

/// A loop, a client on it, and what its commands came to.
final class RedisLink {
    let loop = EventLoop()
    let multi: CurlMulti
    let client: RedisClient
    /// What the client told of servers, in order.
    var changes: [String] { seen.changes }
    private let seen = Seen()
    private let servers: [RedisServer]

    private final class Seen {
        var changes: [String] = []
    }

    /// The servers live as long as this does.
    init(_ settings: RedisSettings, keeping servers: [RedisServer] = []) {
        self.servers = servers
        multi = CurlMulti(reactor: loop)
        client = RedisClient(settings, multi: multi, random: { 0.5 }) { [seen] _, state in
            switch state {
            case .ready: seen.changes.append("ready")
            case .connecting: seen.changes.append("connecting")
            case .unavailable: seen.changes.append("unavailable")
            }
        }
    }

    convenience init(_ server: RedisServer, _ change: (inout RedisSettings) -> Void = { _ in }) {
        var settings = RedisSettings(address: server.address)
        // Machines that test are slow at times.
        settings.commandTimeout = 2000
        change(&settings)
        self.init(settings, keeping: [server])
    }

    deinit { client.close() }

    /// Sends a command and turns the loop until it is answered.
    func call(_ command: RedisCommand) -> Result<RedisValue, RedisError> {
        wait { self.client.send(command, $0) }
    }

    /// The same for a command whose first argument is its key.
    func call(_ name: String, key: String, _ rest: String...) -> Result<RedisValue, RedisError> {
        var command = RedisCommand(name, key: key)
        for word in rest { command.add(word) }
        return call(command)
    }

    /// The same for one without keys.
    func call(_ name: String, _ rest: String...) -> Result<RedisValue, RedisError> {
        var command = RedisCommand(name)
        for word in rest { command.add(word) }
        return call(command)
    }

    func run(_ script: RedisScript, _ keys: [String], _ arguments: [String] = []) -> Result<RedisValue, RedisError> {
        var rest = RedisArguments()
        for argument in arguments { rest.add(argument) }
        return wait { self.client.run(script, keys: keys, arguments: rest, $0) }
    }

    private func wait(_ begin: (@escaping RedisCompletion) -> Void) -> Result<RedisValue, RedisError> {
        var answer: Result<RedisValue, RedisError>?
        begin { result in
            if answer != nil { Issue.record("a completion came twice") }
            answer = result.value
        }
        if !loop.turn(until: { answer != nil }) { Issue.record("no completion came") }
        return answer ?? .failure(.closed)
    }

    /// Turns until the client's servers answer.
    @discardableResult
    func becomesReady() -> Bool {
        client.start()
        return loop.turn { client.state == .ready }
    }
}
