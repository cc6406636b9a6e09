import Testing

@testable import Gateway

/// Copies of conversations, and what the store that replicas share has not been told of them.
struct ConversationDebtTests {
    private let store = ConversationStore()
    private let key = ConversationKey(owner: "ann", agent: "default", id: "x")

    private func turn(_ text: String) -> ConversationTurn { ConversationTurn([Array(text.utf8)], id: text) }

    private func owe(_ text: String, _ bounds: ConversationStore.Bounds = .init(ttl: 100), now: Int = 0) {
        store.append(turn(text), to: key, isOwed: true, now: now, bounds)
    }

    private func copy(_ texts: String..., expiry: Int = 100, bounds: ConversationStore.Bounds = .init()) -> [String] {
        store.copy(texts.map { turn($0) }, of: key, expiry: expiry, now: 0, bounds).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private var held: [String] { store.messages(key, now: 1).map { String(decoding: $0, as: UTF8.self) } }

    @Test func `what was told is no debt any more, what came meanwhile is`() throws {
        #expect(store.debt(key, now: 0) == nil)
        owe("a")
        let debt = try #require(store.debt(key, now: 0))
        #expect(debt.reset == nil && debt.turns.map(\.id) == ["a"])
        owe("b")
        store.settle(key, debt)
        #expect(store.debt(key, now: 0)?.turns.map(\.id) == ["b"])
        #expect(store.debtors(atMost: 9) == [key])
        store.settle(key, try #require(store.debt(key, now: 0)))
        #expect(store.debt(key, now: 0) == nil && store.debtors(atMost: 9).isEmpty)
        #expect(held == ["a", "b"])
    }

    @Test func `a reset is owed with what is said after it, and only the last one is settled`() throws {
        owe("a")
        store.reset(key, mark: "1", now: 0, .init())
        #expect(held.isEmpty)
        owe("b")
        let debt = try #require(store.debt(key, now: 0))
        #expect(debt.reset == "1" && debt.turns.map(\.id) == ["b"])
        store.reset(key, mark: "2", now: 0, .init())
        store.settle(key, debt)
        #expect(store.debt(key, now: 0)?.reset == "2")
    }

    @Test func `what the shared store says takes the copy's place, before what is owed and after no reset`() {
        #expect(copy("a", "b") == ["a", "b"])
        #expect(held == ["a", "b"])
        owe("c")
        owe("d")
        #expect(copy("a", "c", "e") == ["a", "c", "e", "d"], "what it knows already is there once")
        #expect(store.debt(key, now: 0)?.turns.map(\.id) == ["d"])
        store.reset(key, mark: "1", now: 0, .init())
        #expect(copy("a", "c", "e").isEmpty)
        #expect(store.debt(key, now: 0)?.reset == "1")
    }

    @Test func `a copy ends when the original does, unless something is owed`() {
        _ = copy("a", expiry: 50)
        #expect(store.messages(key, now: 49).count == 1 && store.messages(key, now: 50).isEmpty)
        owe("b")
        _ = copy("a", expiry: 50)
        #expect(store.messages(key, now: 99).count == 2)
        #expect(store.debt(key, now: 100) == nil && store.debtors(atMost: 9).isEmpty)
        _ = copy("a")
        #expect(copy().isEmpty && store.count == 0)
    }

    @Test func `a debt goes with its turn and its conversation`() {
        for text in ["a", "b", "c"] { owe(text, .init(ttl: 100, turnsEach: 2)) }
        #expect(store.debt(key, now: 0)?.turns.map(\.id) == ["b", "c"])
        #expect(copy("x", "y", bounds: .init(turnsEach: 3)) == ["x", "y", "b", "c"], "what is told is whole")
        #expect(held == ["y", "b", "c"])
        let other = ConversationKey(owner: "bob", agent: "default", id: "x")
        store.append(turn("o"), to: other, now: 0, .init(conversations: 1))
        #expect(store.debtors(atMost: 9).isEmpty && store.count == 1)
    }
}
