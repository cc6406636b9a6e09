import Upstreams

/// Turns as the scripts take and give them: `ID BYTES`, and each message on a line of its own.
enum ConversationWire {
    private static let lineFeed = UInt8(ascii: "\n")

    /// The arguments of `ConversationScripts.tell`.
    static func arguments(_ debt: ConversationDebt, _ bounds: ConversationStore.Bounds) -> RedisArguments {
        var arguments = RedisArguments()
        arguments.add(bounds.ttl)
        arguments.add(bounds.turnsEach)
        arguments.add(bounds.bytesEach)
        arguments.add(debt.reset ?? "")
        for turn in debt.turns {
            arguments.add(turn.id)
            arguments.add(turn.byteCount)
            arguments.add(Array(turn.messages.joined(separator: [lineFeed])))
        }
        return arguments
    }

    /// What `ConversationScripts.read` answers; nil: that is not it.
    static func conversation(_ reply: RedisReply) -> (expiry: Int, turns: [ConversationTurn])? {
        guard reply.count > 0, let expiry = reply.withElement(0, { $0.integer }) else { return nil }
        var turns: [ConversationTurn] = []
        for place in 1..<reply.count {
            guard case .bytes(let text) = reply.withElement(place, { $0.value }), let turn = turn(text) else {
                return nil
            }
            turns.append(turn)
        }
        return (max(0, expiry), turns)
    }

    private static func turn(_ text: [UInt8]) -> ConversationTurn? {
        let lines = text.split(separator: lineFeed)
        guard let head = lines.first, let end = head.firstIndex(of: UInt8(ascii: " ")) else { return nil }
        return ConversationTurn(
            lines.dropFirst().map { Array($0) }, id: String(decoding: head[..<end], as: UTF8.self))
    }
}
