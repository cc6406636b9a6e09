/// `POST /v1/completions`, `/v1/embeddings` and `/v1/moderations`.
extension Inspection {
    mutating func checkCompletion() throws(Enough) {
        try checkObject(0, CompletionShapes.completion)
        try checkStreamOptions()
        guard let best = tree.member(FieldName.bestOf, of: 0), let count = tree.integer(best) else { return }
        let wanted = tree.member(FieldName.n, of: 0).flatMap(tree.integer) ?? 1
        if count < wanted {
            try report("invalid_value", at: best) {
                "Invalid '\($0)': found \(count), expected at least 'n' (\(wanted))."
            }
        }
        if let stream = tree.member(FieldName.stream, of: 0), tree.bool(stream) == true, count > 1 {
            try report("invalid_value", at: best) {
                "Invalid '\($0)': found \(count), expected 1 when 'stream' is true."
            }
        }
    }

    mutating func checkEmbedding() throws(Enough) {
        try checkObject(0, CompletionShapes.embedding)
        guard let input = tree.member(FieldName.input, of: 0) else { return }
        try requireText(input)
        guard tree.kind(of: input) == .array else { return }
        let end = tree.end(of: input)
        var element = input + 1
        while element < end {
            try requireText(element)
            element = tree.end(of: element)
        }
    }

    mutating func checkModeration() throws(Enough) { try checkObject(0, CompletionShapes.moderation) }

    /// Nothing has no embedding.
    private mutating func requireText(_ node: Int) throws(Enough) {
        guard tree.kind(of: node) == .string, tree.byteCount(of: node) == 0 else { return }
        try report("empty_string", at: node) { "Invalid '\($0)': found an empty string, expected some text." }
    }
}
