/// `POST /v1/chat/completions`: its shapes, and rules across fields.
extension Inspection {
    mutating func checkChat() throws(Enough) {
        let present = try checkObject(0, ChatShapes.body)
        if let messages = tree.member(FieldName.messages, of: 0) { try checkMessages(messages) }
        let crossing = ChatShapes.crossing
        if present & crossing.outputTokens == crossing.outputTokens { try checkOutputTokens() }
        if present & crossing.streamOptions != 0 { try checkStreamOptions() }
        if present & crossing.logprobs != 0 { try checkLogprobs() }
        if present & crossing.modalities != 0 { try checkModalities() }
        if present & crossing.tools != 0 { try checkTools() }
    }

    private mutating func checkOutputTokens() throws(Enough) {
        guard let old = tree.member(FieldName.maxTokens, of: 0),
            let new = tree.member(FieldName.maxCompletionTokens, of: 0),
            let first = tree.integer(old), let second = tree.integer(new), first != second
        else { return }
        try report("invalid_value", at: old) {
            "Invalid '\($0)': found \(first), but 'max_completion_tokens' is \(second). Send one of them."
        }
    }

    mutating func checkStreamOptions() throws(Enough) {
        guard let options = tree.member(FieldName.streamOptions, of: 0) else { return }
        if let stream = tree.member(FieldName.stream, of: 0), tree.bool(stream) != false { return }
        try report("invalid_value", at: options) { "'\($0)' is only allowed when 'stream' is true." }
    }

    private mutating func checkLogprobs() throws(Enough) {
        guard let top = tree.member(FieldName.topLogprobs, of: 0) else { return }
        if let logprobs = tree.member(FieldName.logprobs, of: 0), tree.bool(logprobs) != false { return }
        try report("invalid_value", at: top) { "'\($0)' is only allowed when 'logprobs' is true." }
    }

    private mutating func checkModalities() throws(Enough) {
        guard let modalities = tree.member(FieldName.modalities, of: 0), tree.kind(of: modalities) == .array,
            tree.member(FieldName.audio, of: 0) == nil
        else { return }
        let end = tree.end(of: modalities)
        var modality = modalities + 1
        while modality < end {
            if tree.word(modality, in: FieldName.audio) != nil {
                return try report("missing_required_parameter", at: 0, member: "audio") {
                    "Missing required parameter: '\($0)'. With the modality 'audio' it must give 'format' and 'voice'."
                }
            }
            modality = tree.end(of: modality)
        }
    }

    // MARK: Tools

    private mutating func checkTools() throws(Enough) {
        let tools = tree.member(FieldName.tools, of: 0)
        let choice = tree.member(FieldName.toolChoice, of: 0)
        guard let tools else {
            if let choice, tree.word(choice, in: Self.noTool) == nil { try requireTools(for: choice) }
            if let parallel = tree.member(FieldName.parallelToolCalls, of: 0) { try requireTools(for: parallel) }
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

    private mutating func requireTools(for field: Int) throws(Enough) {
        try report("invalid_value", at: field) { "'\($0)' is only allowed when 'tools' are given." }
    }

    private mutating func requireTool(_ kind: Vocabulary, named name: Int, in tools: Int) throws(Enough) {
        guard tree.kind(of: tools) == .array else { return }
        let digest = tree.digest(of: name)
        let end = tree.end(of: tools)
        var tool = tools + 1
        while tool < end {
            if let definition = tree.member(kind, of: tool), let own = tree.member(FieldName.name, of: definition),
                tree.digest(of: own) == digest
            {
                return
            }
            tool = tree.end(of: tool)
        }
        let found = tree.text(of: name, limit: 64)
        try report("invalid_value", at: name) { "Invalid '\($0)': 'tools' has no \(kind.words[0]) '\(found)'." }
    }
}
