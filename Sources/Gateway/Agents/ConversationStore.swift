import Synchronization

/// What was said in conversations with agents, in the memory of the process, for all workers.
///
/// Owns the messages as JSON texts, in turns: a turn begins with the user's message and is kept or dropped as a whole,
/// so that a tool's result never stands without its call. Bounded in conversations, in bytes of each and of all, and in
/// time; the one that was used longest ago goes first, and of each the oldest turns.
final class ConversationStore: Sendable {
    struct Bounds: Sendable {
        /// Milliseconds after the last word.
        var ttl = 3_600_000
        var conversations = 10_000
        var bytesEach = 1_048_576
        var bytes = 268_435_456
        var turnsEach = 200
    }

    private struct Conversation {
        private(set) var turns: [[[UInt8]]] = []
        private(set) var byteCount = 0
        /// Milliseconds on the clock of the callers, after which it is forgotten.
        var expires = 0

        mutating func append(_ turn: [[UInt8]]) {
            turns.append(turn)
            byteCount += Self.size(turn)
        }

        mutating func shrink(to bounds: Bounds) {
            while let first = turns.first, byteCount > bounds.bytesEach || turns.count > bounds.turnsEach {
                byteCount -= Self.size(first)
                turns.removeFirst()
            }
        }

        private static func size(_ turn: [[UInt8]]) -> Int { turn.reduce(0) { $0 + $1.count } }
    }

    /// All conversations, and how large they are together.
    private struct Contents {
        private(set) var table = RecencyTable<ConversationKey, Conversation>()
        private(set) var byteCount = 0

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
        }

        mutating func remove(_ key: ConversationKey) {
            if let removed = table.remove(key) { byteCount -= removed.byteCount }
        }

        mutating func shrink(to bounds: Bounds) {
            while table.count > bounds.conversations || byteCount > bounds.bytes, let oldest = table.leastRecent?.key {
                remove(oldest)
            }
        }
    }

    private let contents = Mutex(Contents())

    var count: Int { contents.withLock { $0.table.count } }

    /// All messages so far, in order; none of one that is not known or too old. `now`: milliseconds.
    func messages(_ key: ConversationKey, now: Int) -> [[UInt8]] {
        contents.withLock { $0.use(key, now: now) }?.turns.flatMap { $0 } ?? []
    }

    /// Adds a turn.
    func append(_ turn: [[UInt8]], to key: ConversationKey, now: Int, _ bounds: Bounds) {
        contents.withLock { contents in
            var conversation = contents.use(key, now: now) ?? Conversation()
            conversation.append(turn)
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
