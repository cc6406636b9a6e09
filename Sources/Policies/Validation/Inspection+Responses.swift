/// `POST /v1/responses`: its shapes, its items, and that calls and outputs belong together.
extension Inspection {
    /// Calls of the input that have no output yet.
    private struct OpenCalls {
        /// Of their ids, by digest.
        var ids: [UInt64: Int] = [:]
        let mayBeElsewhere: Bool
    }

    mutating func checkResponse() throws(Enough) {
        try checkObject(0, ResponseShapes.body)
        try checkStreamOptions()
        if let previous = tree.member(FieldName.previousResponseID, of: 0),
            tree.member(FieldName.conversation, of: 0) != nil
        {
            try report("invalid_value", at: previous) { "'\($0)' is not allowed together with 'conversation'." }
        }
        if let tools = tree.member(FieldName.tools, of: 0), tree.kind(of: tools) == .array {
            try checkResponseTools(tools)
        }
        try checkInput()
    }

    private mutating func checkResponseTools(_ tools: Int) throws(Enough) {
        let end = tree.end(of: tools)
        var tool = tools + 1
        while tool < end {
            let type = tree.member(FieldName.type, of: tool)
            let isFunction = type.map { tree.word($0, in: FieldName.function) != nil } ?? false
            try checkObject(tool, isFunction ? ResponseShapes.functionTool : ResponseShapes.openObject)
            tool = tree.end(of: tool)
        }
    }

    // MARK: Input

    private mutating func checkInput() throws(Enough) {
        guard let input = tree.member(FieldName.input, of: 0) else {
            for name in [FieldName.prompt, FieldName.previousResponseID, FieldName.conversation]
            where tree.member(name, of: 0) != nil { return }
            return try report("missing_required_parameter", at: 0, member: "input") {
                "Missing required parameter: '\($0)'. It must be a string or an array."
            }
        }
        guard tree.kind(of: input) == .array else { return textBytes += tree.byteCount(of: input) }
        _ = try checkCount(input, 0...Int.max, most: settings.maxMessages)
        var calls = OpenCalls(
            // The provider keeps earlier items, in which calls may stand that this body does not show.
            mayBeElsewhere: tree.member(FieldName.previousResponseID, of: 0) != nil
                || tree.member(FieldName.conversation, of: 0) != nil)
        let end = tree.end(of: input)
        var item = input + 1
        while item < end {
            let before = textBytes
            try checkItem(item, &calls)
            try checkMessageBytes(item, textBytes - before)
            item = tree.end(of: item)
        }
        for id in calls.ids.values.sorted() {
            let found = tree.text(of: id, limit: 64)
            try report("invalid_value", at: id) { "Invalid '\($0)': the input has no output for the call '\(found)'." }
        }
    }

    private mutating func checkItem(_ item: Int, _ calls: inout OpenCalls) throws(Enough) {
        guard let type = tree.member(FieldName.type, of: item) else {
            // A message may leave its type out, and so may a reference, which has no role.
            let isReference =
                tree.member(FieldName.role, of: item) == nil && tree.member(FieldName.id, of: item) != nil
            try checkObject(item, ResponseShapes.itemShapes[isReference ? 5 : 0])
            return
        }
        guard let place = tree.word(type, in: ResponseShapes.itemTypes) else {
            try checkObject(item, ResponseShapes.openObject)
            return
        }
        try checkObject(item, ResponseShapes.itemShapes[place])
        guard let id = tree.member(FieldName.callID, of: item), tree.kind(of: id) == .string else { return }
        switch ResponseShapes.itemTypes.words[place] {
        case "function_call", "custom_tool_call": try addCall(id, &calls)
        case "function_call_output", "custom_tool_call_output": try answerCall(id, &calls)
        default: return
        }
    }

    private mutating func addCall(_ id: Int, _ calls: inout OpenCalls) throws(Enough) {
        guard calls.ids.updateValue(id, forKey: tree.digest(of: id)) != nil else { return }
        try report("invalid_value", at: id) { "Invalid '\($0)': an earlier call has the same id and no output yet." }
    }

    private mutating func answerCall(_ id: Int, _ calls: inout OpenCalls) throws(Enough) {
        guard calls.ids.removeValue(forKey: tree.digest(of: id)) == nil, !calls.mayBeElsewhere else { return }
        let found = tree.text(of: id, limit: 64)
        try report("invalid_value", at: id) { "Invalid '\($0)': no call '\(found)' without an output comes before." }
    }
}
