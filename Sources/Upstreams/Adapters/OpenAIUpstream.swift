/// A provider that speaks OpenAI's API, on one worker.
///
/// Relays: the model's name is mapped, usage is asked for, the provider's key is put in; all else travels as it is.
package final class OpenAIUpstream: Upstream {
    let client: ProviderClient

    package init(client: ProviderClient) { self.client = client }

    package func start(_ request: CompletionRequest, model: String, sink: any CompletionSink) -> any CompletionCall {
        client.start(request, OpenAIDecoder(parser: client.parser), sink: sink) {
            transportRequest(request, model: model)
        }
    }

    private func transportRequest(_ request: CompletionRequest, model: String) -> TransportRequest {
        var splice = JSONSplice()
        if model != request.model { splice.set("model", to: model) }
        if request.isStream, !request.wantsUsage { splice.set("stream_options", "include_usage", to: true) }
        var body = ByteBuffer()
        splice.write(request.document.root, to: &body)
        return TransportRequest(path: "/chat/completions", fields: request.fields, body: body)
    }
}
