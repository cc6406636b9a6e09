/// Messages one by one, and what ties them together: every tool call is answered by a message of its own before anyone
/// else speaks, and nothing else is answered.
extension Inspection {
    mutating func checkMessages(_ node: JSONNode) throws(Enough) {
        guard try checkCount(node, 1...Int.max, most: settings.maxMessages) else { return }
        var calls = PendingCalls()
        var next = node.index + 1
        while next < node.end {
            let message = tree.node(next)
            try checkMessage(message, &calls)
            next = message.end
        }
        try requireAnswers(calls)
    }

    private mutating func checkMessage(_ message: JSONNode, _ calls: inout PendingCalls) throws(Enough) {
        let textBefore = textBytes
        let kind = try checkVariant(message, MessageShapes.message)
        try checkMessageBytes(message, textBytes - textBefore)
        let role = kind.flatMap { MessageRole(rawValue: $0) }
        if role == .tool { return try checkAnswer(message, &calls) }
        if !calls.isEmpty {
            try requireAnswers(calls)
            calls.removeAll()
        }
        if role == .assistant { try collectCalls(message, &calls) }
    }

    mutating func checkMessageBytes(_ message: JSONNode, _ bytes: Int) throws(Enough) {
        guard let most = settings.maxMessageBytes, bytes > most else { return }
        try report("string_above_max_length", at: message) {
            "'\($0)' has \(bytes) bytes of text; the most allowed here in one message is \(most)."
        }
    }

    /// What must be answered before the next message.
    private mutating func collectCalls(_ message: JSONNode, _ calls: inout PendingCalls) throws(Enough) {
        guard let list = tree.member(FieldName.toolCalls, of: message), list.kind == .array else { return }
        var next = list.index + 1
        while next < list.end {
            let call = tree.node(next)
            if let id = tree.member(FieldName.id, of: call), id.kind == .string,
                !calls.add(id.index, in: tree)
            {
                try report("invalid_value", at: id) {
                    "Invalid '\($0)': another call of this message has the same id. Each needs its own."
                }
            }
            next = call.end
        }
    }

    private mutating func checkAnswer(_ message: JSONNode, _ calls: inout PendingCalls) throws(Enough) {
        guard !calls.isEmpty else {
            return try report("invalid_value", at: tree.member(FieldName.role, of: message) ?? message) {
                "Invalid '\($0)': a message with role 'tool' must follow an assistant message with 'tool_calls'."
            }
        }
        guard let id = tree.member(FieldName.toolCallID, of: message), id.kind == .string else { return }
        let answer = calls.answer(id.index, in: tree)
        guard answer != .accepted else { return }
        let found = tree.text(of: id.index, limit: 64)
        try report("invalid_value", at: id) {
            answer == .repeated
                ? "Invalid '\($0)': the call '\(found)' is answered already. Each call has one answer."
                : "Invalid '\($0)': the assistant message before made no call '\(found)'."
        }
    }

    private mutating func requireAnswers(_ calls: PendingCalls) throws(Enough) {
        for id in calls.unanswered {
            let found = tree.text(of: id, limit: 64)
            try report("invalid_value", at: tree.node(id)) {
                "Invalid '\($0)': no message with role 'tool' and tool_call_id '\(found)' follows. "
                    + "Each tool call needs its answer before the next message."
            }
        }
    }
}
