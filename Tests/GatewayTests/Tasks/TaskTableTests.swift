import Testing
import Upstreams

@testable import Gateway

struct TaskTableTests {
    private let table = TaskTable()
    private let limits = TaskTable.Limits(unfinished: 3, perOwner: 2, retention: 10, bytes: 100)
    private let tess = TaskOwner(user: "tess", team: "qa", keyID: "k1")
    private let sam = TaskOwner(user: "sam", team: nil, keyID: "k2")

    private func entry(_ id: String, endedAt: Int) -> TaskEntry {
        let event = Array(#"{"event":"completed","data":{}}"#.utf8)
        let batch = EventBatch(firstOffset: 0, entries: [.init(end: event.count, kind: .progress)], payloads: event)
        let end = TaskRecord.End(
            status: .completed, updated: endedAt, progress: TaskProgress(), failure: nil, events: batch)
        return TaskEntry(TaskRecord(id: id, model: "m", owner: tess, isLink: false, created: 0), end)
    }

    @Test("one owner gets a share, all together the whole, and a place that is given back can be taken again")
    func bounds() throws {
        try table.reserve(tess, limits)
        try table.reserve(tess, limits)
        #expect(throws: TaskTable.Refusal.share(limit: 2)) { try table.reserve(tess, limits) }
        try table.reserve(sam, limits)
        #expect(throws: TaskTable.Refusal.full(limit: 3)) { try table.reserve(sam, limits) }
        table.release(tess)
        try table.reserve(sam, limits)
        #expect(table.figures.waiting == 3)
    }

    @Test("results go when they are too old, and their tasks when they have been gone for as long again")
    func ages() {
        for (id, time) in [("a", 100), ("b", 105)] { table.restore(entry(id, endedAt: time), bytes: 10) }
        #expect(table.sweep(limits, now: 109))
        #expect(table["a"]?.snapshot.status == .completed)
        #expect(table.sweep(limits, now: 110))
        #expect(table["a"]?.snapshot.status == .expired && table["b"]?.snapshot.status == .completed)
        #expect(table.sweep(limits, now: 119))
        #expect(table["a"] != nil)
        #expect(table.sweep(limits, now: 120))
        #expect(table["a"] == nil && table["b"] != nil)
        #expect(!table.sweep(limits, now: 200))
        #expect(table["b"] == nil)
    }

    @Test("the oldest results go first when all together are too large")
    func sizes() {
        for number in 1...5 { table.restore(entry("\(number)", endedAt: 100), bytes: 40) }
        table.sweep(limits, now: 100)
        let kept = (1...5).filter { table["\($0)"]?.snapshot.status == .completed }
        #expect(kept == [4, 5])
    }

    @Test("thousands of tasks come and go in the order of their ends")
    func many() {
        for number in 0..<5000 { table.restore(entry("\(number)", endedAt: number), bytes: 0) }
        for now in stride(from: 0, to: 5000, by: 100) {
            table.sweep(limits, now: now)
            for number in stride(from: 0, to: 5000, by: 501) {
                let status = table["\(number)"]?.snapshot.status
                #expect(status == (number + 10 > now ? .completed : table["\(number)"] == nil ? nil : .expired))
            }
        }
    }
}
