/// `POST /v1/chat/completions`: its shapes, and rules across fields.
extension Inspection {
    mutating func checkChat() throws(Enough) {
        let present = try checkObject(root, ChatShapes.body)
        if let messages = tree.member(FieldName.messages, of: root) { try checkMessages(messages) }
        let crossing = ChatShapes.crossing
        if present & crossing.outputTokens == crossing.outputTokens { try checkOutputTokens() }
        if present & crossing.streamOptions != 0 { try checkStreamOptions() }
        if present & crossing.logprobs != 0 { try checkLogprobs() }
        if present & crossing.modalities != 0 { try checkModalities() }
        if present & crossing.tools != 0 { try checkTools() }
    }

    private mutating func checkOutputTokens() throws(Enough) {
        guard let old = tree.member(FieldName.maxTokens, of: root),
            let new = tree.member(FieldName.maxCompletionTokens, of: root),
            let first = tree.integer(old.index), let second = tree.integer(new.index), first != second
        else { return }
        try report("invalid_value", at: old) {
            "Invalid '\($0)': found \(first), but 'max_completion_tokens' is \(second). Send one of them."
        }
    }

    mutating func checkStreamOptions() throws(Enough) {
        guard let options = tree.member(FieldName.streamOptions, of: root) else { return }
        if let stream = tree.member(FieldName.stream, of: root), tree.bool(stream.index) != false { return }
        try report("invalid_value", at: options) { "'\($0)' is only allowed when 'stream' is true." }
    }

    private mutating func checkLogprobs() throws(Enough) {
        guard let top = tree.member(FieldName.topLogprobs, of: root) else { return }
        if let logprobs = tree.member(FieldName.logprobs, of: root), tree.bool(logprobs.index) != false { return }
        try report("invalid_value", at: top) { "'\($0)' is only allowed when 'logprobs' is true." }
    }

    private mutating func checkModalities() throws(Enough) {
        guard let modalities = tree.member(FieldName.modalities, of: root), modalities.kind == .array,
            tree.member(FieldName.audio, of: root) == nil
        else { return }
        var modality = modalities.index + 1
        while modality < modalities.end {
            if tree.word(modality, in: FieldName.audio) != nil {
                return try report("missing_required_parameter", at: root, member: "audio") {
                    "Missing required parameter: '\($0)'. With the modality 'audio' it must give 'format' and 'voice'."
                }
            }
            modality = tree.node(modality).end
        }
    }

    // MARK: Tools

    private mutating func checkTools() throws(Enough) {
        let tools = tree.member(FieldName.tools, of: root)
        let choice = tree.member(FieldName.toolChoice, of: root)
        guard let tools else {
            if let choice, tree.word(choice.index, in: Self.noTool) == nil { try requireTools(for: choice) }
            if let parallel = tree.member(FieldName.parallelToolCalls, of: root) { try requireTools(for: parallel) }
            return
        }
        guard let choice else { return }
        for kind in [FieldName.function, FieldName.custom] {
            guard let chosen = tree.member(kind, of: choice), let name = tree.member(FieldName.name, of: chosen) else {
                continue
            }
            try requireTool(kind, named: name, in: tools)
        }
    }

    private static let noTool: Vocabulary = "none"

    private mutating func requireTools(for field: JSONNode) throws(Enough) {
        try report("invalid_value", at: field) { "'\($0)' is only allowed when 'tools' are given." }
    }

    private mutating func requireTool(
        _ kind: Vocabulary, named name: JSONNode, in tools: JSONNode
    ) throws(Enough) {
        guard tools.kind == .array else { return }
        let digest = tree.digest(of: name.index)
        var next = tools.index + 1
        while next < tools.end {
            let tool = tree.node(next)
            if let definition = tree.member(kind, of: tool), let own = tree.member(FieldName.name, of: definition),
                tree.digest(of: own.index) == digest
            {
                return
            }
            next = tool.end
        }
        let found = tree.text(of: name.index, limit: 64)
        try report("invalid_value", at: name) { "Invalid '\($0)': 'tools' has no \(kind.words[0]) '\(found)'." }
    }
}
