import Synchronization

/// A provider that speaks OpenAI's API, on one worker.
///
/// Relays: the model's name is mapped, usage is asked for, the provider's key is put in; all else travels as it is.
package final class OpenAIUpstream: Upstream {
    package struct Settings: Sendable {
        /// Milliseconds until the first event with content of a stream.
        package var firstEventTimeout = 60_000
        /// Milliseconds between two events.
        package var idleTimeout = 60_000
        /// Milliseconds for the whole answer.
        package var totalTimeout = 600_000
        /// Calls on their way at once, over all workers.
        package var maxInFlight = 1000
        /// Bytes of one event of a stream.
        package var maxEventBytes = 2 << 20
        /// Bytes of an answer that is no stream.
        package var maxResponseBytes = 32 << 20
        /// The caller's own key goes to the provider (`"api_key": {"from": "client"}`).
        package var passesCallerKey = false

        package init() {}
    }

    let settings: Settings
    let reactor: any Reactor
    let parser: JSONParser
    let transport: any HTTPTransport
    let inFlight: InFlight

    package init(
        settings: Settings, transport: any HTTPTransport, reactor: any Reactor, parser: JSONParser, inFlight: InFlight
    ) {
        self.settings = settings
        self.transport = transport
        self.reactor = reactor
        self.parser = parser
        self.inFlight = inFlight
    }

    package func start(_ request: CompletionRequest, model: String, sink: any CompletionSink) -> any CompletionCall {
        guard let slot = inFlight.take(atMost: settings.maxInFlight) else {
            return RefusedCall(
                UpstreamError(.overloaded, "The provider has as many calls on their way as the gateway allows it."),
                reactor: reactor, sink: sink)
        }
        let call = OpenAICall(self, request: request, slot: slot, sink: sink)
        call.start(transport, transportRequest(request, model: model))
        return call
    }

    private func transportRequest(_ request: CompletionRequest, model: String) -> TransportRequest {
        var splice = JSONSplice()
        if model != request.model { splice.set("model", to: model) }
        if request.isStream, !request.wantsUsage { splice.set("stream_options", "include_usage", to: true) }
        var body = ByteBuffer()
        splice.write(request.document.root, to: &body)
        var fields = request.fields
        fields.append(HTTPField("x-request-id", request.requestID))
        if request.isStream { fields.append(HTTPField("accept", "text/event-stream")) }
        if settings.passesCallerKey, let key = request.callerKey {
            fields.append(HTTPField("authorization", "Bearer \(key)"))
        }
        return TransportRequest(path: "/chat/completions", fields: fields, body: body)
    }
}
