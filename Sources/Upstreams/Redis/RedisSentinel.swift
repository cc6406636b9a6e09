/// Asks a group of Sentinels, one after another, where the master is now (Redis' "Guidelines for Redis clients with
/// support for Redis Sentinel").
///
/// What it finds is not trusted: the connection checks the server's role itself. Each search begins with the next of
/// them, so that one which is behind does not keep the others from being asked. States: idle ⇄ searching.
final class RedisSentinel: RedisLocator {
    private let settings: RedisSettings
    private let sentinel: RedisSettings.Sentinel
    private let multi: CurlMulti
    private var first = 0
    private var asked = 0
    private var connection: RedisConnection?
    /// Nil: idle.
    private var found: ((Result<RedisAddress, RedisError>) -> Void)?

    init(_ settings: RedisSettings, _ sentinel: RedisSettings.Sentinel, multi: CurlMulti) {
        precondition(!sentinel.addresses.isEmpty, "a group of Sentinels has members")
        self.settings = settings
        self.sentinel = sentinel
        self.multi = multi
    }

    deinit { connection?.close(.closed) }

    func locate(_ found: @escaping (Result<RedisAddress, RedisError>) -> Void) {
        precondition(self.found == nil, "one search at a time")
        self.found = found
        asked = 0
        ask()
    }

    func cancel() {
        found = nil
        connection?.close(.closed)
        connection = nil
    }

    private func ask() {
        let address = sentinel.addresses[(first + asked) % sentinel.addresses.count]
        connection = RedisConnection(address, settings, role: .sentinel, multi: multi, owner: self)
    }

    private func askNext(_ error: RedisError) {
        connection?.close(.closed)
        connection = nil
        asked += 1
        if asked < sentinel.addresses.count { ask() } else { finish(.failure(error)) }
    }

    private func finish(_ result: Result<RedisAddress, RedisError>) {
        first = (first + 1) % sentinel.addresses.count
        let found = found
        cancel()
        found?(result)
    }

    private func didAnswer(_ result: RedisResult) {
        guard found != nil else { return }
        switch result {
        case .success(let reply):
            guard let address = Self.address(reply) else { return askNext(.other("ERR no such master")) }
            finish(.success(address))
        case .failure(let error):
            askNext(error)
        }
    }

    private static func address(_ reply: RedisReply) -> RedisAddress? {
        let parts = reply.value.elements
        guard parts.count == 2, let host = parts[0].string, let port = parts[1].integer, !host.isEmpty else {
            return nil
        }
        return .tcp(host: host, port: port)
    }
}

extension RedisSentinel: RedisConnectionOwner {
    func connectionDidBecomeReady(_ connection: RedisConnection) {
        var command = RedisCommand("SENTINEL")
        command.add("GET-MASTER-ADDR-BY-NAME")
        command.add(sentinel.master)
        let deadline = multi.reactor.now.advanced(milliseconds: settings.commandTimeout)
        connection.send(
            RedisRequest(command: command, deadline: deadline) { [weak self] result in self?.didAnswer(result) })
    }

    func connection(_ connection: RedisConnection, didServe error: RedisError?) {}

    func connectionDidEnd(_ connection: RedisConnection, _ error: RedisError) {
        self.connection = nil
        askNext(error)
    }
}
