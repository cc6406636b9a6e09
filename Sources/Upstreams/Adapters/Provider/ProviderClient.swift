/// What an adapter needs to call its provider from one worker: the way there, the loop, the parser, the bounds.
package final class ProviderClient {
    let settings: CallSettings
    let reactor: any Reactor
    let parser: JSONParser
    /// Seconds since 1970.
    let wallClock: () -> Int
    let transport: any HTTPTransport
    let inFlight: InFlight

    package init(
        settings: CallSettings, transport: any HTTPTransport, reactor: any Reactor, parser: JSONParser,
        inFlight: InFlight, wallClock: @escaping () -> Int
    ) {
        self.settings = settings
        self.transport = transport
        self.reactor = reactor
        self.parser = parser
        self.inFlight = inFlight
        self.wallClock = wallClock
    }

    /// Starts a call. `encode` makes what is sent, or throws why the provider cannot be asked for it; the fields that
    /// every provider gets are added here.
    func start<Decoder: ProviderDecoder & ~Copyable>(
        _ request: CompletionRequest, _ terms: CallTerms, _ decoder: consuming Decoder, sink: any CompletionSink,
        encode: () throws(UpstreamError) -> TransportRequest
    ) -> any CompletionCall {
        guard let slot = terms.slot ?? inFlight.take(atMost: settings.maxInFlight) else {
            return overloaded(sink)
        }
        var encoded: TransportRequest
        do {
            encoded = try self.encoded(request, encode)
        } catch {
            return RefusedCall(error, reactor: reactor, sink: sink)
        }
        if let key = terms.key { encoded.fields.append(key) }
        terms.didSend(encoded.body.count)
        let call = ProviderCall(
            self, decoder, request: request, timeouts: terms.timeouts ?? settings.timeouts, slot: slot, sink: sink)
        call.start(transport, encoded)
        return call
    }

    /// A call for which there is no place.
    func overloaded(_ sink: any CompletionSink) -> any CompletionCall {
        RefusedCall(
            UpstreamError(.overloaded, "The provider has as many calls on their way as the gateway allows it."),
            reactor: reactor, sink: sink)
    }

    // MARK: Refusals

    /// Bytes kept of a provider's error.
    private static let maxErrorBytes = 256 * 1024

    /// Keeps what there is room for of the words of a refusal.
    static func keep(_ bytes: RawSpan, in refusal: inout ByteBuffer) {
        let room = maxErrorBytes - refusal.count
        refusal.append(bytes.extracting(0..<min(room, bytes.byteCount)))
    }

    /// A call that the provider has refused with this status, in these words.
    func refused(_ status: Int, _ answer: UpstreamError.Answer) -> UpstreamError {
        UpstreamError(status: status, answer: answer, ownCredentials: !settings.passesCallerKey)
    }

    // MARK: What is sent

    /// The call that `start` makes.
    func encoded(
        _ request: CompletionRequest, _ encode: () throws(UpstreamError) -> TransportRequest
    ) throws(UpstreamError) -> TransportRequest {
        encoded(request, try encode())
    }

    /// A call with the fields that every provider gets.
    func encoded(_ request: CompletionRequest, _ call: consuming TransportRequest) -> TransportRequest {
        var encoded = call
        encoded.fields.append(HTTPField("x-request-id", request.requestID))
        if request.isStream, !encoded.fields.contains(where: { $0.name == "accept" }) {
            encoded.fields.append(HTTPField("accept", "text/event-stream"))
        }
        if settings.passesCallerKey, let key = request.callerKey {
            encoded.fields.append(settings.keyHeader.field(key))
        }
        return encoded
    }
}
