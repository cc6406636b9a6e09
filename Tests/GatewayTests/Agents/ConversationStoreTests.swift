import Testing

@testable import Gateway

/// Conversations in memory.
struct ConversationStoreTests {
    private func key(_ id: String, owner: String = "alice") -> ConversationKey {
        ConversationKey(owner: owner, agent: "default", id: id)
    }

    private func turn(_ text: String) -> ConversationTurn {
        ConversationTurn([Array("q\(text)".utf8), Array("a\(text)".utf8)])
    }

    private func texts(_ messages: [[UInt8]]) -> [String] { messages.map { String(decoding: $0, as: UTF8.self) } }

    @Test func `a conversation is its owner's, and grows by turns`() {
        let store = ConversationStore()
        store.append(turn("1"), to: key("x"), now: 0, .init(ttl: 100))
        store.append(turn("2"), to: key("x"), now: 10, .init(ttl: 100))
        #expect(texts(store.messages(key("x"), now: 20)) == ["q1", "a1", "q2", "a2"])
        #expect(store.messages(key("x", owner: "bob"), now: 20).isEmpty)
        #expect(store.messages(key("y"), now: 20).isEmpty)
        store.remove(key("x"))
        #expect(store.messages(key("x"), now: 20).isEmpty)
    }

    @Test func `it is forgotten after its time without a word`() {
        let store = ConversationStore()
        store.append(turn("1"), to: key("x"), now: 0, .init(ttl: 100))
        #expect(!store.messages(key("x"), now: 99).isEmpty)
        #expect(store.messages(key("x"), now: 100).isEmpty)
        #expect(store.count == 0)
        store.append(turn("1"), to: key("x"), now: 0, .init(ttl: 100))
        store.append(turn("2"), to: key("x"), now: 200, .init(ttl: 100))
        #expect(texts(store.messages(key("x"), now: 250)) == ["q2", "a2"])
    }

    @Test func `the oldest turns go first, whole, and the conversation used longest ago`() {
        let store = ConversationStore()
        let bounds = ConversationStore.Bounds(ttl: 100, conversations: 2, bytesEach: 8, turnsEach: 10)
        for number in 1...4 { store.append(turn("\(number)"), to: key("x"), now: 0, bounds) }
        #expect(texts(store.messages(key("x"), now: 1)) == ["q3", "a3", "q4", "a4"])
        store.append(turn("1"), to: key("y"), now: 0, bounds)
        _ = store.messages(key("x"), now: 1)
        store.append(turn("1"), to: key("z"), now: 0, bounds)
        #expect(store.count == 2)
        #expect(store.messages(key("y"), now: 1).isEmpty)
        #expect(!store.messages(key("x"), now: 1).isEmpty)
    }

    @Test func `all together have a bound, too`() {
        let store = ConversationStore()
        let bounds = ConversationStore.Bounds(bytes: 10)
        for id in ["x", "y", "z"] { store.append(turn("1"), to: key(id), now: 0, bounds) }
        #expect(store.count == 2)
        #expect(store.messages(key("x"), now: 1).isEmpty)
        store.remove(key("y"))
        store.append(turn("2"), to: key("z"), now: 0, bounds)
        #expect(texts(store.messages(key("z"), now: 1)) == ["q1", "a1", "q2", "a2"])
        store.append(turn("a long one"), to: key("v"), now: 0, bounds)
        #expect(store.count == 0, "what is larger than the bound is not kept")
    }
}
