import Synchronization

/// What was said in conversations with agents, in the memory of the process, for all workers.
///
/// Owns the messages as JSON texts, in turns: a turn begins with the user's message and is kept or dropped as a whole,
/// so that a tool's result never stands without its call. Bounded in conversations, in bytes of each, and in time; the
/// one that was used longest ago goes first, and of each the oldest turns.
final class ConversationStore: Sendable {
    struct Bounds: Sendable {
        var conversations = 10_000
        var bytesEach = 1_048_576
        var turnsEach = 200
    }

    private struct Conversation {
        var turns: [[[UInt8]]] = []
        /// Milliseconds on the clock of the callers, after which it is forgotten.
        var expires = 0

        var byteCount: Int { turns.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } }
    }

    private let bounds: Bounds
    private let conversations = Mutex(RecencyTable<ConversationKey, Conversation>())

    init(_ bounds: Bounds = Bounds()) { self.bounds = bounds }

    var count: Int { conversations.withLock { $0.count } }

    /// All messages so far, in order; none of one that is not known or too old. `now` and `ttl`: milliseconds.
    func messages(_ key: ConversationKey, now: Int) -> [[UInt8]] {
        conversations.withLock { table in
            guard let found = table[key] else { return [] }
            guard found.expires > now else {
                table.remove(key)
                return []
            }
            table.use(key)
            return found.turns.flatMap { $0 }
        }
    }

    /// Adds a turn.
    func append(_ turn: [[UInt8]], to key: ConversationKey, now: Int, ttl: Int) {
        conversations.withLock { table in
            var conversation = table[key] ?? Conversation()
            if conversation.expires <= now { conversation.turns = [] }
            conversation.turns.append(turn)
            conversation.expires = now + ttl
            var excess = conversation.byteCount - bounds.bytesEach
            while !conversation.turns.isEmpty, excess > 0 || conversation.turns.count > bounds.turnsEach {
                excess -= conversation.turns.removeFirst().reduce(0) { $0 + $1.count }
            }
            table.insert(conversation, for: key)
            while table.count > bounds.conversations, let oldest = table.leastRecent?.key { table.remove(oldest) }
        }
    }

    func remove(_ key: ConversationKey) {
        conversations.withLock { table in _ = table.remove(key) }
    }
}
