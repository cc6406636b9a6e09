/// Labels of calls to an upstream.
struct UpstreamKey: MetricKey {
    typealias Values = UpstreamValues

    /// The upstream's configured name.
    let upstream: String
    /// The upstream's kind, which is the provider in OpenTelemetry's words: `openai`, `anthropic`…
    let provider: String
    /// The operation in OpenTelemetry's words: `chat`, `text_completion`, `embeddings`…
    let operation: String
    /// The upstream's own name of the model, as configured.
    let model: String

    /// - Parameter model: the name as the configuration has it; nil if the target passes on what the client wrote.
    init(upstream: String, provider: String, operation: String, model: String?) {
        self.upstream = upstream
        self.provider = provider
        self.operation = operation
        self.model = model ?? "other"
    }

    static let other = Self(upstream: "other", provider: "other", operation: "other", model: nil)

    /// The provider follows from the upstream, and operations are few: neither adds to the hash.
    func hash(into hasher: inout Hasher) {
        hasher.combine(upstream)
        hasher.combine(model)
    }
}
