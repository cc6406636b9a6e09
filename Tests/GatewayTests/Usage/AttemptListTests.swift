import Testing

@testable import Gateway

/// The calls of a completion.
struct AttemptListTests {
    private func list(_ outcomes: [String]) -> AttemptList {
        var list = AttemptList()
        for (index, outcome) in outcomes.enumerated() {
            list.append(AttemptRecord(number: index + 1, outcome: outcome))
        }
        return list
    }

    private func outcomes(_ list: AttemptList) -> [String] {
        var found: [String] = []
        list.forEach { found.append($0.caller.isEmpty ? $0.outcome : "\($0.caller)/\($0.outcome)") }
        return found
    }

    @Test func `calls stay in their order and are found by their numbers`() {
        let list = list(["timeout", "lost", "ok"])
        #expect(outcomes(list) == ["timeout", "lost", "ok"] && list.count == 3)
        #expect(list.attempt(3)?.outcome == "ok" && list.attempt(1)?.outcome == "timeout" && list.attempt(4) == nil)
    }

    @Test func `calls made on behalf of another are told as such and never taken for it`() {
        var all = AttemptList()
        all.add(list(["ok"]), caller: "panel")
        all.append(AttemptRecord(number: 1, outcome: "truncated"))
        #expect(outcomes(all) == ["panel/ok", "truncated"])
        #expect(all.attempt(1)?.outcome == "truncated")
    }

    @Test func `calls of others are bounded, a completion's own are not`() {
        var all = AttemptList()
        for _ in 0..<50 { all.add(list(["ok", "ok", "ok"]), caller: "panel") }
        #expect(all.count == 100)
        all.append(AttemptRecord(number: 1))
        #expect(all.count == 101 && all.attempt(1) != nil)
    }
}
