/// One call to a provider whose answer is handed on as it comes, byte for byte.
///
/// Owns the clocks of the call, its place and its transfer; a refusal is gathered and told as an error.
/// States: waiting for the head → answering, or refused, which gathers the provider's words → over (`sink` is nil).
package final class RelayCall: TransferReceiver {
    private let client: ProviderClient
    private let timeouts: CallTimeouts
    private var slot: InFlight.Slot?
    private var sink: (any RelaySink)?
    private var transfer: (any HTTPTransfer)?
    private var head: AnswerHead?
    private var refusal = ByteBuffer()
    /// The provider is waited for since something of the answer last came, or was last taken.
    private var clock: CallClock
    private var isPaused = false

    fileprivate init(
        _ client: ProviderClient, timeouts: CallTimeouts, slot: InFlight.Slot?, sink: any RelaySink
    ) {
        self.client = client
        self.timeouts = timeouts
        self.slot = slot
        self.sink = sink
        clock = CallClock(timeouts, at: client.reactor.now)
    }

    fileprivate func start(_ request: consuming TransportRequest) {
        clock.start(client.reactor.timer { [unowned self] in timerFired() })
        armTimer(clock.waitingSince)
        transfer = client.transport.start(request, self)
    }

    /// Ends the call at once, in any phase; the sink hears nothing afterwards.
    package func cancel() { release()?.cancel() }

    /// The sink is no longer full.
    package func resume() {
        guard isPaused else { return }
        isPaused = false
        clock.waitingSince = client.reactor.now
        armTimer(clock.waitingSince)
        transfer?.resume()
    }

    // MARK: TransferReceiver

    package func transferDidReceive(_ head: AnswerHead) {
        self.head = head
        clock.waitingSince = client.reactor.now
        armTimer(clock.waitingSince)
        if isAccepted { sink?.begin(head) }
    }

    package func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        guard let sink else { return .more }
        if !isAccepted {
            ProviderClient.keep(bytes, in: &refusal)
            return .more
        }
        if sink.isFull {
            isPaused = true
            return .pause
        }
        clock.waitingSince = client.reactor.now
        sink.receive(bytes)
        return .more
    }

    package func transferDidEnd(_ failure: TransportFailure?) {
        transfer = nil
        if let failure { return end(UpstreamError(failure, head == nil ? .head : .body)) }
        guard let head else { return end(UpstreamError(.truncated, UpstreamError.Stage.head.truncation)) }
        if isAccepted { return end(nil) }
        end(client.refused(head.status, UpstreamError.Answer(head: head, body: refusal.copy())))
    }

    private var isAccepted: Bool { head.map { 200..<300 ~= $0.status } ?? false }

    // MARK: Endings

    private func end(_ error: UpstreamError?) {
        let sink = sink
        _ = release()
        sink?.end(error)
    }

    private func fail(_ error: UpstreamError) {
        let sink = sink
        release()?.cancel()
        sink?.end(error)
    }

    private func release() -> (any HTTPTransfer)? {
        let transfer = transfer
        self.transfer = nil
        sink = nil
        slot = nil
        clock.stop()
        return transfer
    }

    // MARK: Timeouts

    private func timerFired() {
        let now = client.reactor.now
        guard let deadline = clock.overdue(at: now, isConnected: isConnected, idle: idleTimeout) else {
            return armTimer(now)
        }
        switch deadline {
        case .total: fail(.overTotal(timeouts))
        case .connect: fail(UpstreamError(TransportFailure.connectTimeout, .head))
        case .idle: fail(UpstreamError(.idleTimeout, "The provider sent nothing for \(timeouts.idle) ms."))
        }
    }

    private func armTimer(_ now: MonotonicTime) { clock.arm(at: now, isConnected: isConnected, idle: idleTimeout) }

    private var isConnected: Bool { transfer?.isConnected == true }

    /// Until the head comes the client may still be sending its body, or the provider be at work on it.
    private var idleTimeout: Int? { head != nil && !isPaused ? timeouts.idle : nil }
}

extension OpenAIUpstream {
    /// Relays a request. The sink is held until it has heard `end`, or until the call is cancelled; it hears nothing
    /// before this returns.
    package func relay(
        _ request: RelayRequest, _ body: consuming RelayBody, _ terms: CallTerms, sink: any RelaySink
    ) -> RelayCall {
        var fields = request.fields + [HTTPField("x-request-id", request.requestID)]
        if let key = terms.key { fields.append(key) }
        if client.settings.passesCallerKey, let key = request.callerKey {
            fields.append(client.settings.keyHeader.field(key))
        }
        let pipe = body.pipe
        var encoded = TransportRequest(path: path(request, model: terms.model), fields: fields, body: body.whole)
        encoded.method = request.method
        encoded.contentType = request.contentType
        encoded.pipe = pipe
        pipe?.didSend = terms.didSend
        if pipe == nil, encoded.method.hasBody { terms.didSend(encoded.body.count) }
        let call = RelayCall(
            client, timeouts: terms.timeouts ?? client.settings.timeouts, slot: terms.slot, sink: sink)
        call.start(encoded)
        return call
    }
}
