/// `POST /v1/responses`: its shapes, its items, and that calls and outputs belong together.
extension Inspection {
    /// Calls of the input that have no output yet.
    private struct OpenCalls {
        /// Of their ids, by digest.
        var ids: [UInt64: Int] = [:]
        let mayBeElsewhere: Bool
    }

    mutating func checkResponse() throws(Enough) {
        try checkObject(root, ResponseShapes.body)
        try checkStreamOptions()
        if let previous = tree.member(FieldName.previousResponseID, of: root),
            tree.member(FieldName.conversation, of: root) != nil
        {
            try report("invalid_value", at: previous) { "'\($0)' is not allowed together with 'conversation'." }
        }
        if let tools = tree.member(FieldName.tools, of: root), tools.kind == .array {
            try checkResponseTools(tools)
        }
        try checkInput()
    }

    private mutating func checkResponseTools(_ tools: JSONNode) throws(Enough) {
        var next = tools.index + 1
        while next < tools.end {
            let tool = tree.node(next)
            let type = tree.member(FieldName.type, of: tool)
            let isFunction = type.map { tree.word($0.index, in: FieldName.function) != nil } ?? false
            try checkObject(tool, isFunction ? ResponseShapes.functionTool : ResponseShapes.openObject)
            next = tool.end
        }
    }

    // MARK: Input

    private mutating func checkInput() throws(Enough) {
        guard let input = tree.member(FieldName.input, of: root) else {
            for name in [FieldName.prompt, FieldName.previousResponseID, FieldName.conversation]
            where tree.member(name, of: root) != nil { return }
            return try report("missing_required_parameter", at: root, member: "input") {
                "Missing required parameter: '\($0)'. It must be a string or an array."
            }
        }
        guard input.kind == .array else { return textBytes += input.kind == .string ? input.size : 0 }
        _ = try checkCount(input, 0...Int.max, most: settings.maxMessages)
        var calls = OpenCalls(
            // The provider keeps earlier items, in which calls may stand that this body does not show.
            mayBeElsewhere: tree.member(FieldName.previousResponseID, of: root) != nil
                || tree.member(FieldName.conversation, of: root) != nil)
        var next = input.index + 1
        while next < input.end {
            let item = tree.node(next)
            let before = textBytes
            try checkItem(item, &calls)
            try checkMessageBytes(item, textBytes - before)
            next = item.end
        }
        for id in calls.ids.values.sorted() {
            let found = tree.text(of: id, limit: 64)
            try report("invalid_value", at: tree.node(id)) {
                "Invalid '\($0)': the input has no output for the call '\(found)'."
            }
        }
    }

    private mutating func checkItem(_ item: JSONNode, _ calls: inout OpenCalls) throws(Enough) {
        guard let type = tree.member(FieldName.type, of: item) else {
            // A message may leave its type out, and so may a reference, which has no role.
            let isReference =
                tree.member(FieldName.role, of: item) == nil && tree.member(FieldName.id, of: item) != nil
            try checkObject(item, ResponseShapes.itemShapes[isReference ? 5 : 0])
            return
        }
        guard let place = tree.word(type.index, in: ResponseShapes.itemTypes) else {
            try checkObject(item, ResponseShapes.openObject)
            return
        }
        try checkObject(item, ResponseShapes.itemShapes[place])
        guard let id = tree.member(FieldName.callID, of: item), id.kind == .string else { return }
        switch ResponseShapes.itemTypes.words[place] {
        case "function_call", "custom_tool_call": try addCall(id, &calls)
        case "function_call_output", "custom_tool_call_output": try answerCall(id, &calls)
        default: return
        }
    }

    private mutating func addCall(_ id: JSONNode, _ calls: inout OpenCalls) throws(Enough) {
        guard calls.ids.updateValue(id.index, forKey: tree.digest(of: id.index)) != nil else { return }
        try report("invalid_value", at: id) { "Invalid '\($0)': an earlier call has the same id and no output yet." }
    }

    private mutating func answerCall(_ id: JSONNode, _ calls: inout OpenCalls) throws(Enough) {
        guard calls.ids.removeValue(forKey: tree.digest(of: id.index)) == nil, !calls.mayBeElsewhere else { return }
        let found = tree.text(of: id.index, limit: 64)
        try report("invalid_value", at: id) { "Invalid '\($0)': no call '\(found)' without an output comes before." }
    }
}
