import Policies
import Testing

/// What holds for every plan, over ten thousand random histories.
struct TrimmingPropertiesTests {
    private struct Case {
        let messages: [MessageFacts]
        let trimming: Trimming
        let limits: TrimLimits
        let fixedTokens: Int

        func plan() throws -> TrimPlan? {
            try trimming.plan(messages, fixedTokens: fixedTokens, limits: limits)
        }

        /// Tokens and number of the messages that a selection leaves.
        func left(_ isDropped: [Bool]) -> (tokens: Int, messages: Int) {
            let kept = zip(messages, isDropped).filter { !$1 }.map(\.0)
            return (kept.reduce(fixedTokens) { $0 + $1.tokens }, kept.count)
        }

        func fits(_ isDropped: [Bool]) -> Bool {
            let left = left(isDropped)
            return left.tokens <= limits.tokens ?? .max && left.messages <= limits.messages ?? .max
        }

        /// Pairs of a call and its result, as an index each.
        var pairs: [(Int, Int)] {
            messages.indices.compactMap { index in
                guard let id = messages[index].answers else { return nil }
                return messages[..<index].lastIndex { $0.calls.contains(id) }.map { ($0, index) }
            }
        }

        var startOfKeptTurns: Int {
            let users = messages.indices.filter { messages[$0].role == .user }
            return users.suffix(trimming.keptTurns).first ?? messages.count - 1
        }
    }

    private static func cases(_ count: Int, _ body: (Case) throws -> Void) rethrows {
        var random = RandomHistory(seed: 20_261_121)
        for _ in 0..<count {
            let messages = random.make()
            let trimming = Trimming(
                random.below(2) == 0 ? .dropOldest : .dropMiddle, keepsInstructions: random.below(8) > 0,
                keptTurns: 1 + random.below(3))
            var limits = TrimLimits()
            if random.below(4) > 0 { limits.tokens = 20 + random.below(1200) }
            if random.below(3) == 0 { limits.messages = 1 + random.below(30) }
            try body(Case(messages: messages, trimming: trimming, limits: limits, fixedTokens: random.below(30)))
        }
    }

    @Test("no plan splits a call from its result, drops instructions or a kept turn, or exceeds a limit")
    func safety() {
        var trimmed = 0
        var refused = 0
        Self.cases(10_000) { example in
            let plan: TrimPlan?
            do { plan = try example.plan() } catch { return refused += 1 }
            guard let plan else { return #expect(example.fits(example.messages.map { _ in false })) }
            trimmed += 1
            #expect(plan.isDropped.count == example.messages.count)
            #expect(example.fits(plan.isDropped))
            #expect(plan.isDropped[example.startOfKeptTurns...].allSatisfy { !$0 })
            for (call, result) in example.pairs { checkPair(example, plan, call, result) }
            guard example.trimming.keepsInstructions else { return }
            for (message, isDropped) in zip(example.messages, plan.isDropped) where message.role == .instructions {
                #expect(!isDropped)
            }
        }
        // The cases are of all kinds.
        #expect(trimmed > 2000 && refused > 500)
    }

    private func checkPair(_ example: Case, _ plan: TrimPlan, _ call: Int, _ result: Int) {
        #expect(plan.isDropped[call] == plan.isDropped[result], "\(example.messages)")
    }

    @Test("the numbers of a plan are those of its messages")
    func numbers() throws {
        Self.cases(10_000) { example in
            guard let plan = try? example.plan() else { return }
            let left = example.left(plan.isDropped)
            let all = example.left(example.messages.map { _ in false })
            #expect(plan.droppedMessages == all.messages - left.messages)
            #expect(plan.droppedTokens == all.tokens - left.tokens)
            #expect(plan.droppedMessages > 0)
        }
    }

    @Test("no plan drops more than needed: with what it dropped last, the history does not fit")
    func leastNeeded() throws {
        Self.cases(10_000) { example in
            guard example.trimming.strategy == .dropOldest, let plan = try? example.plan() else { return }
            guard let last = plan.isDropped.lastIndex(of: true) else { return }
            // The unit that went last: what is tied to its last message by calls, transitively.
            var first = last
            while let earlier = example.pairs.filter({ $0.1 >= first && $0.0 < first && $0.1 <= last }).map(\.0).min() {
                first = earlier
            }
            var restored = plan.isDropped
            for index in first...last { restored[index] = false }
            #expect(!example.fits(restored))
        }
    }

    @Test("a refused history does not fit without all that may be dropped")
    func refusesOnlyWhatCannotFit() {
        Self.cases(10_000) { example in
            do { _ = try example.plan() } catch {
                var isDropped = example.messages.map { $0.role != .instructions || !example.trimming.keepsInstructions }
                var kept = example.startOfKeptTurns
                // A result in a kept turn keeps its call and all between them.
                while let call = example.pairs.filter({ $0.1 >= kept && $0.0 < kept }).map(\.0).min() { kept = call }
                for index in kept..<isDropped.count { isDropped[index] = false }
                #expect(!example.fits(isDropped))
            }
        }
    }
}
