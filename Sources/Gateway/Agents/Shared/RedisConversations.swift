import Upstreams

/// One worker's side of the conversations that replicas share in Redis.
///
/// A chat reads its conversation once before the model is asked, and adds its turn once in the end; both are waited for,
/// so that the next chat at any replica knows of it. Everything is kept in this process, too: while Redis does not answer,
/// chats go on with these copies, and what was said meanwhile is told to Redis when it is back. As long as it was not
/// told all of a conversation, the copy here counts. States of a copy: as in Redis ⇄ owing, and gone by its bounds.
final class RedisConversations: ConversationKeeper {
    private let client: RedisClient
    private let prefix: String
    private let copies: ConversationStore
    private let reactor: any Reactor
    private let scripts = ConversationScripts()
    private var timer: (any ReactorTimer)?
    /// Those that were asked for last.
    private var bounds = ConversationStore.Bounds()

    /// Milliseconds between two tries to tell Redis what it has missed.
    private static let interval = 500
    /// Conversations of one try.
    private static let batch = 100

    /// Must be made on the loop's thread. `copies`: of all workers of the process.
    init(_ client: RedisClient, prefix: String, copies: ConversationStore, reactor: any Reactor) {
        self.client = client
        self.prefix = prefix
        self.copies = copies
        self.reactor = reactor
        timer = reactor.timer { [unowned self] in tellDebtors() }
    }

    private var now: Int { reactor.now.wholeMilliseconds }

    private func key(_ key: ConversationKey) -> String { "\(prefix)conversation:{\(key.digest.hexadecimal)}" }

    // MARK: ConversationKeeper

    func history(
        _ key: ConversationKey, _ bounds: ConversationStore.Bounds, _ done: @escaping ([[UInt8]]) -> Void
    ) {
        self.bounds = bounds
        tell(key) { [weak self] isTold in
            guard let self else { return }
            if isTold { read(key, bounds, done) } else { done(copies.messages(key, now: now)) }
        }
    }

    private func read(
        _ key: ConversationKey, _ bounds: ConversationStore.Bounds, _ done: @escaping ([[UInt8]]) -> Void
    ) {
        client.run(scripts.read, keys: [self.key(key)], arguments: RedisArguments()) { [weak self] result in
            guard let self else { return }
            guard case .success(let reply) = result, let found = ConversationWire.conversation(reply) else {
                return done(copies.messages(key, now: now))
            }
            done(copies.copy(found.turns, of: key, expiry: found.expiry, now: now, bounds))
        }
    }

    func reset(_ key: ConversationKey, _ bounds: ConversationStore.Bounds) {
        self.bounds = bounds
        copies.reset(key, mark: RandomBytes.hexadecimal(8), now: now, bounds)
        tell(key) { _ in }
    }

    func append(
        _ turn: ConversationTurn, to key: ConversationKey, _ bounds: ConversationStore.Bounds,
        _ done: @escaping () -> Void
    ) {
        guard turn.byteCount <= bounds.bytesEach else {
            // It leaves no room for any other turn, nor for itself.
            reset(key, bounds)
            return done()
        }
        self.bounds = bounds
        copies.append(turn, to: key, isOwed: true, now: now, bounds)
        tell(key) { _ in done() }
    }

    // MARK: Debts

    /// Tells Redis what it does not know of a conversation. `done` hears whether it knows all that there was to tell.
    private func tell(_ key: ConversationKey, _ done: @escaping (Bool) -> Void) {
        guard let debt = copies.debt(key, now: now) else { return done(true) }
        let arguments = ConversationWire.arguments(debt, bounds)
        client.run(scripts.tell, keys: [self.key(key)], arguments: arguments) { [weak self] result in
            guard let self else { return }
            if result.integer != nil { copies.settle(key, debt) } else { timer?.arm(milliseconds: Self.interval) }
            done(result.integer != nil)
        }
    }

    private func tellDebtors() {
        let debtors = copies.debtors(atMost: Self.batch)
        for key in debtors { tell(key) { _ in } }
        if !debtors.isEmpty { timer?.arm(milliseconds: Self.interval) }
    }
}
