/// Messages one by one, and what ties them together: every tool call is answered by a message of its own before anyone
/// else speaks, and nothing else is answered.
extension Inspection {
    mutating func checkMessages(_ node: Int) throws(Enough) {
        guard try checkCount(node, 1...Int.max, most: settings.maxMessages) else { return }
        var calls = PendingCalls()
        let end = tree.end(of: node)
        var message = node + 1
        while message < end {
            try checkMessage(message, &calls)
            message = tree.end(of: message)
        }
        try requireAnswers(calls)
    }

    private mutating func checkMessage(_ message: Int, _ calls: inout PendingCalls) throws(Enough) {
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

    mutating func checkMessageBytes(_ message: Int, _ bytes: Int) throws(Enough) {
        guard let most = settings.maxMessageBytes, bytes > most else { return }
        try report("string_above_max_length", at: message) {
            "'\($0)' has \(bytes) bytes of text; the most allowed here in one message is \(most)."
        }
    }

    /// What must be answered before the next message.
    private mutating func collectCalls(_ message: Int, _ calls: inout PendingCalls) throws(Enough) {
        guard let list = tree.member(FieldName.toolCalls, of: message), tree.kind(of: list) == .array else { return }
        let end = tree.end(of: list)
        var call = list + 1
        while call < end {
            if let id = tree.member(FieldName.id, of: call), tree.kind(of: id) == .string,
                !calls.add(id, in: tree)
            {
                try report("invalid_value", at: id) {
                    "Invalid '\($0)': another call of this message has the same id. Each needs its own."
                }
            }
            call = tree.end(of: call)
        }
    }

    private mutating func checkAnswer(_ message: Int, _ calls: inout PendingCalls) throws(Enough) {
        guard !calls.isEmpty else {
            return try report("invalid_value", at: tree.member(FieldName.role, of: message) ?? message) {
                "Invalid '\($0)': a message with role 'tool' must follow an assistant message with 'tool_calls'."
            }
        }
        guard let id = tree.member(FieldName.toolCallID, of: message), tree.kind(of: id) == .string else { return }
        let answer = calls.answer(id, in: tree)
        guard answer != .accepted else { return }
        let found = tree.text(of: id, limit: 64)
        try report("invalid_value", at: id) {
            answer == .repeated
                ? "Invalid '\($0)': the call '\(found)' is answered already. Each call has one answer."
                : "Invalid '\($0)': the assistant message before made no call '\(found)'."
        }
    }

    private mutating func requireAnswers(_ calls: PendingCalls) throws(Enough) {
        for id in calls.unanswered {
            let found = tree.text(of: id, limit: 64)
            try report("invalid_value", at: id) {
                "Invalid '\($0)': no message with role 'tool' and tool_call_id '\(found)' follows. "
                    + "Each tool call needs its answer before the next message."
            }
        }
    }
}
