/// An upstream over HTTP: what all kinds of them do alike. A kind has a decoder of its own for what comes, and makes what
/// goes.
package protocol ProviderUpstream: Upstream {
    var client: ProviderClient { get }
    /// The call for a request, but for the fields that every provider gets. Throws why the provider cannot be asked for
    /// it.
    func transportRequest(_ request: CompletionRequest, model: String) throws(UpstreamError) -> TransportRequest
}

extension ProviderUpstream {
    func start(
        _ request: CompletionRequest, _ terms: CallTerms, _ decoder: consuming some ProviderDecoder & ~Copyable,
        sink: any CompletionSink
    ) -> any CompletionCall {
        client.start(request, terms, decoder, sink: sink) { () throws(UpstreamError) in
            try transportRequest(request, model: terms.model)
        }
    }

    package func preview(_ request: CompletionRequest, model: String) throws(UpstreamError) -> TransportRequest? {
        try client.encoded(request) { () throws(UpstreamError) in try transportRequest(request, model: model) }
    }

    /// For a decoder of answers that have another form than OpenAI's.
    func chunks(_ request: CompletionRequest, _ terms: CallTerms) -> ChatChunkEncoder {
        ChatChunkEncoder(id: "chatcmpl-\(request.requestID)", model: terms.model, created: client.wallClock())
    }
}

extension CompletionRequest {
    /// The client's fields that mean something to providers of other APIs than OpenAI's.
    var foreignFields: [HTTPField] { fields.filter { $0.name != "openai-beta" } }
}
