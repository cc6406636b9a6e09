/// Shortens a chat's history to what is allowed, by dropping whole messages.
///
/// Never drops what came in the last turns, nor instructions (unless told to), and never a tool call without its result
/// or a result without its call. A turn is a user's message with all that follows it up to the next.
package struct Trimming: Hashable, Sendable {
    package enum Strategy: String, CaseIterable, Sendable {
        /// From the start of the history on.
        case dropOldest = "drop_oldest"
        /// From the middle outwards, so that the beginning (the task) and the end stay.
        case dropMiddle = "drop_middle"
    }

    package var strategy: Strategy
    package var keepsInstructions: Bool
    /// Turns at the end that stay; at least 1.
    package var keptTurns: Int

    package init(_ strategy: Strategy = .dropOldest, keepsInstructions: Bool = true, keptTurns: Int = 2) {
        precondition(keptTurns > 0, "a request without a question")
        self.strategy = strategy
        self.keepsInstructions = keepsInstructions
        self.keptTurns = keptTurns
    }

    /// The fewest messages to drop, in the order of the strategy, so that the rest fits; nil if all of it does.
    ///
    /// `fixedTokens`: what the prompt has besides its messages. Throws when even what must stay does not fit. Takes time
    /// linear in the number of messages.
    package func plan(
        _ messages: [MessageFacts], fixedTokens: Int, limits: TrimLimits
    ) throws(Refusal) -> TrimPlan? {
        var tokens = messages.reduce(fixedTokens) { $0 + $1.tokens }
        var count = messages.count
        guard !limits.allow(tokens: tokens, messages: count) else { return nil }
        var isDropped = [Bool](repeating: false, count: messages.count)
        for unit in order(droppableUnits(of: messages)) {
            for index in unit where mayDrop(messages[index]) {
                isDropped[index] = true
                tokens -= messages[index].tokens
                count -= 1
            }
            guard limits.allow(tokens: tokens, messages: count) else { continue }
            let all = messages.reduce(fixedTokens) { $0 + $1.tokens }
            return TrimPlan(
                isDropped: isDropped, droppedMessages: messages.count - count, droppedTokens: all - tokens)
        }
        throw refusal(tokens: tokens, messages: count, limits)
    }

    // MARK: What may go

    private func mayDrop(_ message: MessageFacts) -> Bool {
        !keepsInstructions || message.role != .instructions
    }

    /// Runs of messages that go together and may go, in the order of the history.
    private func droppableUnits(of messages: [MessageFacts]) -> [Range<Int>] {
        let kept = startOfKeptTurns(messages)
        return units(of: messages).filter { unit in
            unit.upperBound <= kept && unit.contains { mayDrop(messages[$0]) }
        }
    }

    /// The first message that stays because of its turn. Without a question of the user it is the last message.
    private func startOfKeptTurns(_ messages: [MessageFacts]) -> Int {
        var turns = 0
        var start = max(0, messages.count - 1)
        for index in messages.indices.reversed() where messages[index].role == .user {
            start = index
            turns += 1
            if turns == keptTurns { break }
        }
        return start
    }

    /// Cuts the history into runs that hold each call with all its results: mostly one message each.
    private func units(of messages: [MessageFacts]) -> [Range<Int>] {
        let origins = origins(of: messages)
        var units: [Range<Int>] = []
        var end = messages.count
        var earliest = end
        for index in messages.indices.reversed() {
            earliest = min(earliest, origins[index])
            guard index <= earliest else { continue }
            units.append(index..<end)
            end = index
        }
        return units.reversed()
    }

    /// For each message the one that made the call it answers, else itself. An id that was used again means its last
    /// use before the result.
    private func origins(of messages: [MessageFacts]) -> [Int] {
        var callers: [String: Int] = [:]
        return messages.indices.map { index in
            for call in messages[index].calls { callers[call] = index }
            return messages[index].answers.flatMap { callers[$0] } ?? index
        }
    }

    /// The units in the order in which they go.
    private func order(_ units: [Range<Int>]) -> [Range<Int>] {
        switch strategy {
        case .dropOldest: return units
        case .dropMiddle:
            let middle = units.count / 2
            return units.indices.map { step in
                units[step % 2 == 0 ? middle + step / 2 : middle - (step + 1) / 2]
            }
        }
    }

    // MARK: The refusal

    private func refusal(tokens: Int, messages: Int, _ limits: TrimLimits) -> Refusal {
        let rest = "after dropping all that may be dropped of its history (the last \(keptTurns) turns stay)"
        if let limit = limits.tokens, tokens > limit {
            return Refusal(
                .contextLength,
                "The prompt has \(tokens) tokens \(rest), and \(limit) are allowed. Shorten the messages or the tools.",
                param: "messages")
        }
        return Refusal(
            .contextLength,
            "The request has \(messages) messages \(rest), and \(limits.messages ?? 0) are allowed. Send fewer messages.",
            param: "messages")
    }
}
