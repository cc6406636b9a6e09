/// `POST /v1/completions`, `/v1/embeddings` and `/v1/moderations`.
extension Inspection {
    mutating func checkCompletion() throws(Enough) {
        try checkObject(root, CompletionShapes.completion)
        try checkStreamOptions()
        guard let best = tree.member(FieldName.bestOf, of: root), let count = tree.integer(best.index) else { return }
        let wanted = tree.member(FieldName.n, of: root).flatMap { tree.integer($0.index) } ?? 1
        if count < wanted {
            try report("invalid_value", at: best) {
                "Invalid '\($0)': found \(count), expected at least 'n' (\(wanted))."
            }
        }
        if let stream = tree.member(FieldName.stream, of: root), tree.bool(stream.index) == true, count > 1 {
            try report("invalid_value", at: best) {
                "Invalid '\($0)': found \(count), expected 1 when 'stream' is true."
            }
        }
    }

    mutating func checkEmbedding() throws(Enough) {
        try checkObject(root, CompletionShapes.embedding)
        guard let input = tree.member(FieldName.input, of: root) else { return }
        try requireText(input)
        guard input.kind == .array else { return }
        var next = input.index + 1
        while next < input.end {
            let element = tree.node(next)
            try requireText(element)
            next = element.end
        }
    }

    mutating func checkModeration() throws(Enough) { try checkObject(root, CompletionShapes.moderation) }

    /// Nothing has no embedding.
    private mutating func requireText(_ node: JSONNode) throws(Enough) {
        guard node.kind == .string, node.size == 0 else { return }
        try report("empty_string", at: node) { "Invalid '\($0)': found an empty string, expected some text." }
    }
}
