import Synchronization

/// What a store that replicas share has not been told. It goes when its conversation does, by the same bounds.
extension ConversationStore {
    /// Empties a conversation. The shared store has to be told, under this mark.
    func reset(_ key: ConversationKey, mark: String, now: Int, _ bounds: Bounds) {
        contents.withLock { contents in
            contents.insert(Conversation(expires: now + bounds.ttl, reset: mark), for: key)
            contents.shrink(to: bounds)
        }
    }

    /// Nil: the shared store knows all.
    func debt(_ key: ConversationKey, now: Int) -> ConversationDebt? {
        contents.withLock { contents in
            guard contents.debtors.contains(key), let conversation = contents.use(key, now: now) else { return nil }
            return ConversationDebt(
                reset: conversation.reset, turns: conversation.turns.filter { conversation.owed.contains($0.id) })
        }
    }

    /// Some conversations that have a debt.
    func debtors(atMost count: Int) -> [ConversationKey] {
        contents.withLock { Array($0.debtors.prefix(count)) }
    }

    /// The shared store was told of this.
    func settle(_ key: ConversationKey, _ debt: ConversationDebt) {
        contents.withLock { contents in
            guard var conversation = contents.table[key] else { return }
            conversation.settle(debt)
            contents.insert(conversation, for: key)
        }
    }

    /// Puts what the shared store said in the place of the copy. What it has not been told stays, behind it. Returns all
    /// messages.
    ///
    /// - Parameter expiry: milliseconds for which the shared store keeps it without another word.
    func copy(
        _ turns: [ConversationTurn], of key: ConversationKey, expiry: Int, now: Int, _ bounds: Bounds
    ) -> [[UInt8]] {
        contents.withLock { contents in
            let known = contents.use(key, now: now)
            // What was read is older than a reset of which it was not told.
            if let known, known.reset != nil { return known.turns.flatMap(\.messages) }
            var copy = Conversation(expires: now + expiry)
            for turn in turns { copy.append(turn, isOwed: false) }
            if let known, !known.owed.isEmpty {
                let ids = Set(turns.map(\.id))
                for turn in known.turns where known.owed.contains(turn.id) && !ids.contains(turn.id) {
                    copy.append(turn, isOwed: true)
                }
                copy.expires = max(copy.expires, known.expires)
            }
            let messages = copy.turns.flatMap(\.messages)
            copy.shrink(to: bounds)
            if copy.turns.isEmpty { contents.remove(key) } else { contents.insert(copy, for: key) }
            contents.shrink(to: bounds)
            return messages
        }
    }
}
