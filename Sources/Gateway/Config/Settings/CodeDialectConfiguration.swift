/// `POST /generate-code/` (API page, code dialect).
package struct CodeDialectConfiguration: Sendable {
    /// What answers.
    package let model: String
    /// What is said to the model before the prompt; nil (default): nothing.
    package let system: String?
    /// Bytes of UTF-8. Default 100,000.
    package let maxPromptBytes: Int
    package let tries: TryTerms

    package init(_ r: ConfigReader, models: [String]) {
        model = r.dialectModel(models)
        system = r.dialectSystem()
        maxPromptBytes = r.int(
            "max_prompt_bytes", default: 100_000, in: 1...1_073_741_824, unit: .bytes, doc: "Longest `prompt`.")
        tries = TryTerms(
            attempts: r.int(
                "attempts", default: 3, in: 1...100, doc: "Tries before the first byte of the answer has gone out."),
            backoffMs: r.milliseconds("backoff_ms", default: 1000, in: 0...86_400_000, doc: "Before the second try."),
            factor: r.value(
                "factor", .double(in: 1...100, unit: .count), default: 2,
                doc: "By how much the wait grows from try to try."),
            jitter: r.value(
                "jitter", .double(in: 0...1, unit: .count), default: 0.2,
                doc: "The part of a wait by which it is longer or shorter by chance."),
            operationTimeoutMs: r.milliseconds(
                "operation_timeout_ms", default: 60_000, doc: "For one try, to the last byte of its answer."),
            totalTimeoutMs: r.milliseconds(
                "total_timeout_ms", default: 120_000, doc: "For all tries, with the waits between them."))
    }
}
