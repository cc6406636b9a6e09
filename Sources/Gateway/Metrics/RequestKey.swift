/// Labels of a completion request as the client made it.
struct RequestKey: MetricKey {
    typealias Values = RequestValues

    /// The dialect's name: `openai`, `question`, `ask`…
    let dialect: String
    /// The operation in OpenTelemetry's words: `chat`, `text_completion`, `embeddings`…
    let operation: String
    /// The configured name of the model.
    let model: String

    /// - Parameter model: the name as the configuration has it, never as the client wrote it; nil if there is none.
    init(dialect: String, operation: String, model: String?) {
        self.dialect = dialect
        self.operation = operation
        self.model = model ?? "other"
    }

    static let other = Self(dialect: "other", operation: "other", model: nil)

    /// The operation follows from the dialect's path and adds nothing to the hash.
    func hash(into hasher: inout Hasher) {
        hasher.combine(dialect)
        hasher.combine(model)
    }
}
