import Synchronization

/// What was said in conversations with agents, in the memory of the process, for all workers.
///
/// Owns the messages as JSON texts, in turns. Bounded in conversations, in bytes of each and of all, and in time; the
/// one that was used longest ago goes first, and of each the oldest turns. Where replicas share a store, these are
/// copies of what is there, and it is known of each what the store has not been told (`ConversationStore+Debts`).
final class ConversationStore: Sendable {
    struct Bounds: Sendable {
        /// Milliseconds after the last word.
        var ttl = 3_600_000
        var conversations = 10_000
        var bytesEach = 1_048_576
        var bytes = 268_435_456
        var turnsEach = 200
    }

    struct Conversation {
        private(set) var turns: [ConversationTurn] = []
        private(set) var byteCount = 0
        /// Milliseconds on the clock of the callers, after which it is forgotten.
        var expires = 0
        /// The mark of a reset that the shared store has not been told of.
        var reset: String?
        /// Ids of turns that it has not been told of.
        private(set) var owed: Set<String> = []

        mutating func append(_ turn: ConversationTurn, isOwed: Bool) {
            turns.append(turn)
            byteCount += turn.byteCount
            if isOwed { owed.insert(turn.id) }
        }

        mutating func shrink(to bounds: Bounds) {
            while let first = turns.first, byteCount > bounds.bytesEach || turns.count > bounds.turnsEach {
                byteCount -= first.byteCount
                owed.remove(first.id)
                turns.removeFirst()
            }
        }

        mutating func settle(_ debt: ConversationDebt) {
            if reset == debt.reset { reset = nil }
            for turn in debt.turns { owed.remove(turn.id) }
        }
    }

    /// All conversations, and how large they are together.
    struct Contents {
        private(set) var table = RecencyTable<ConversationKey, Conversation>()
        private(set) var byteCount = 0
        /// Those of which the shared store has not been told everything.
        private(set) var debtors: Set<ConversationKey> = []

        /// Looks at one and uses it; nil if it is not known or too old.
        mutating func use(_ key: ConversationKey, now: Int) -> Conversation? {
            guard let found = table[key] else { return nil }
            guard found.expires > now else {
                remove(key)
                return nil
            }
            table.use(key)
            return found
        }

        mutating func insert(_ conversation: Conversation, for key: ConversationKey) {
            remove(key)
            table.insert(conversation, for: key)
            byteCount += conversation.byteCount
            if conversation.reset != nil || !conversation.owed.isEmpty { debtors.insert(key) }
        }

        mutating func remove(_ key: ConversationKey) {
            debtors.remove(key)
            if let removed = table.remove(key) { byteCount -= removed.byteCount }
        }

        mutating func shrink(to bounds: Bounds) {
            while table.count > bounds.conversations || byteCount > bounds.bytes, let oldest = table.leastRecent?.key {
                remove(oldest)
            }
        }
    }

    let contents = Mutex(Contents())

    var count: Int { contents.withLock { $0.table.count } }

    /// All messages so far, in order; none of one that is not known or too old. `now`: milliseconds.
    func messages(_ key: ConversationKey, now: Int) -> [[UInt8]] {
        contents.withLock { $0.use(key, now: now) }?.turns.flatMap(\.messages) ?? []
    }

    /// Adds a turn. `isOwed`: the shared store has to be told of it.
    func append(_ turn: ConversationTurn, to key: ConversationKey, isOwed: Bool = false, now: Int, _ bounds: Bounds) {
        contents.withLock { contents in
            var conversation = contents.use(key, now: now) ?? Conversation()
            conversation.append(turn, isOwed: isOwed)
            conversation.shrink(to: bounds)
            conversation.expires = now + bounds.ttl
            contents.insert(conversation, for: key)
            contents.shrink(to: bounds)
        }
    }

    func remove(_ key: ConversationKey) { contents.withLock { $0.remove(key) } }
}

extension ConversationStore.Bounds {
    init(_ settings: AgentDialectConfiguration) {
        self.init(
            ttl: settings.historyTTLMs, conversations: settings.maxConversations,
            bytesEach: settings.maxConversationBytes, bytes: settings.maxHistoryBytes)
    }
}
