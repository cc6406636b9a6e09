/// A provider that speaks OpenAI's API, on one worker.
///
/// Relays: the model's name is mapped, usage is asked for, the provider's key is put in; all else travels as it is.
package final class OpenAIUpstream: ProviderUpstream {
    /// Where models are asked, below the base URL.
    package enum Paths: String, CaseIterable, Sendable {
        /// `/chat/completions`, `/embeddings` and so on.
        case openai
        /// `/deployments/NAME/chat/completions` and so on, where the name is the model's: Azure.
        case deployments
    }

    package let client: ProviderClient
    private let paths: Paths
    private let query: String
    private let hasResponses: Bool

    /// - Parameters:
    ///   - apiVersion: the parameter `api-version`, as Azure wants it.
    ///   - hasResponses: it has the Responses API.
    package init(
        client: ProviderClient, paths: Paths = .openai, apiVersion: String? = nil, hasResponses: Bool = false
    ) {
        self.client = client
        self.paths = paths
        self.hasResponses = hasResponses
        query = apiVersion.map { "?api-version=\($0.pathSegment)" } ?? ""
    }

    package func start(
        _ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink
    ) -> any CompletionCall {
        start(request, terms, OpenAIDecoder(parser: client.parser, operation: request.operation), sink: sink)
    }

    package func serves(_ operation: ModelOperation) -> Bool { operation != .responses || hasResponses }

    package func transportRequest(_ request: CompletionRequest, model: String) -> TransportRequest {
        var body = ByteBuffer()
        if request.hasAnthropicMembers {
            AnthropicMembers.write(request.document.root, model: model, to: &body)
        } else {
            var splice = JSONSplice()
            if model != request.model { splice.set("model", to: model) }
            if request.isStream, !request.wantsUsage { splice.set("stream_options", "include_usage", to: true) }
            splice.write(request.document.root, to: &body)
        }
        return TransportRequest(path: path(request.operation, model), fields: request.fields, body: body)
    }

    /// Where a relayed request goes. The gateway's own part of the query comes first.
    func path(_ request: RelayRequest, model: String) -> String {
        let place = paths == .deployments && request.isOfModel ? "/deployments/\(model.pathSegment)" : ""
        guard !request.query.isEmpty else { return place + request.path + query }
        return place + request.path + (query.isEmpty ? "?" : query + "&") + request.query
    }

    private func path(_ operation: ModelOperation, _ model: String) -> String {
        switch paths {
        case .openai: "\(operation.path)\(query)"
        case .deployments: "/deployments/\(model.pathSegment)\(operation.path)\(query)"
        }
    }
}
