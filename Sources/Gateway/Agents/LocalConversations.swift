import Upstreams

/// Conversations in the memory of this process.
final class LocalConversations: ConversationKeeper {
    private let store: ConversationStore
    private let clock: any Reactor

    init(_ store: ConversationStore, clock: any Reactor) {
        self.store = store
        self.clock = clock
    }

    func history(
        _ key: ConversationKey, _ bounds: ConversationStore.Bounds, _ done: @escaping ([[UInt8]]) -> Void
    ) {
        done(store.messages(key, now: clock.now.wholeMilliseconds))
    }

    func reset(_ key: ConversationKey, _ bounds: ConversationStore.Bounds) { store.remove(key) }

    func append(
        _ turn: ConversationTurn, to key: ConversationKey, _ bounds: ConversationStore.Bounds,
        _ done: @escaping () -> Void
    ) {
        store.append(turn, to: key, now: clock.now.wholeMilliseconds, bounds)
        done()
    }
}
