/// One Sentinel, asked where the master is, and again a moment after each answer.
///
/// States: resting → asking, by `ask()` → failed, when it gives no answer → asking, by `ask()`; any → resting, by `rest()`.
/// Tells each word that it hears, and compares none.
final class RedisSentinelMember {
    /// What it said last.
    enum Word: Equatable {
        /// Nothing yet.
        case silence
        case master(RedisAddress)
        /// Whom it has told to become the master, in a failover of its own that is under way.
        case successor(RedisAddress)
        case failure(RedisError)

        /// Nil: it knows none.
        var address: RedisAddress? {
            switch self {
            case .master(let address), .successor(let address): address
            case .silence, .failure: nil
            }
        }

        var isSuccessor: Bool {
            if case .successor = self { return true }
            return false
        }
    }

    private(set) var word = Word.silence
    private let address: RedisAddress
    private let settings: RedisSettings
    private let master: String
    private let multi: CurlMulti
    private let heard: (_ before: Word, _ now: Word) -> Void
    /// Nil: resting or failed.
    private var connection: RedisConnection?
    /// Of this answer, from its first part.
    private var successor: RedisAddress?
    private var timer: (any ReactorTimer)?

    /// Milliseconds from an answer to the next question.
    private static let interval = 50

    init(
        _ address: RedisAddress, _ settings: RedisSettings, master: String, multi: CurlMulti,
        heard: @escaping (_ before: Word, _ now: Word) -> Void
    ) {
        self.address = address
        self.settings = settings
        self.master = master
        self.multi = multi
        self.heard = heard
        timer = multi.reactor.timer { [unowned self] in question() }
    }

    deinit { connection?.close(.closed) }

    /// Begins to ask, unless it does so already.
    func ask() {
        guard connection == nil else { return }
        word = .silence
        connection = RedisConnection(address, settings, role: .sentinel, multi: multi, owner: self)
    }

    /// Asks no more, and forgets what was said.
    func rest() {
        leave()
        word = .silence
    }

    private func leave() {
        timer?.cancel()
        connection?.close(.closed)
        connection = nil
    }

    private func question() {
        // Only the Sentinel that leads a failover knows its successor, up to a second before any tells it as the master.
        send("REPLICAS") { me, result in me.successor = Self.promoted(result) }
        send("GET-MASTER-ADDR-BY-NAME") { me, result in
            switch result {
            case .failure(let error): me.fail(error)
            case .success(let reply):
                if let address = me.successor { return me.hear(.successor(address)) }
                guard let address = Self.address(reply.value.elements) else {
                    return me.fail(.other("ERR no such master"))
                }
                me.hear(.master(address))
            }
        }
    }

    private func send(_ name: String, _ done: @escaping (RedisSentinelMember, RedisResult) -> Void) {
        var command = RedisCommand("SENTINEL")
        command.add(name)
        command.add(master)
        let deadline = multi.reactor.now.advanced(milliseconds: settings.commandTimeout)
        let asked = connection
        asked?.send(
            RedisRequest(command: command, deadline: deadline) { [weak self, weak asked] result in
                if let self, let asked, asked === connection { done(self, result) }
            })
    }

    private func hear(_ word: Word) {
        timer?.arm(milliseconds: Self.interval)
        tell(word)
    }

    private func fail(_ error: RedisError) {
        leave()
        tell(.failure(error))
    }

    private func tell(_ word: Word) {
        let before = self.word
        self.word = word
        heard(before, word)
    }

    // MARK: Replies

    private static func address(_ parts: [RedisValue]) -> RedisAddress? {
        guard parts.count == 2, let host = parts[0].string, let port = parts[1].integer, !host.isEmpty else {
            return nil
        }
        return .tcp(host: host, port: port)
    }

    /// The replica that is being made the master, of names and values for each; nil: none is, or nothing is known.
    private static func promoted(_ result: RedisResult) -> RedisAddress? {
        guard case .success(let reply) = result else { return nil }
        for replica in reply.value.elements {
            let words = replica.elements
            func value(_ name: String) -> RedisValue? {
                stride(from: 0, to: words.count - 1, by: 2).first { words[$0].string == name }.map { words[$0 + 1] }
            }
            guard value("flags")?.string?.split(separator: ",").contains("promoted") == true else { continue }
            return address([value("ip"), value("port")].compactMap { $0 })
        }
        return nil
    }
}

extension RedisSentinelMember: RedisConnectionOwner {
    func connectionDidBecomeReady(_ connection: RedisConnection) { question() }

    func connection(_ connection: RedisConnection, didServe error: RedisError?) {}

    func connectionDidEnd(_ connection: RedisConnection, _ error: RedisError) { fail(error) }
}
