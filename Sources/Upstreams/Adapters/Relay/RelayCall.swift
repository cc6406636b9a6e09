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
    private var timer: (any ReactorTimer)?
    private var head: AnswerHead?
    private var refusal = ByteBuffer()
    private let startedAt: MonotonicTime
    /// When something of the answer last came, or was last taken.
    private var activeAt: MonotonicTime
    private var isPaused = false

    /// Bytes kept of a provider's error.
    private static let maxErrorBytes = 256 * 1024

    fileprivate init(
        _ client: ProviderClient, timeouts: CallTimeouts, slot: InFlight.Slot?, sink: any RelaySink
    ) {
        self.client = client
        self.timeouts = timeouts
        self.slot = slot
        self.sink = sink
        startedAt = client.reactor.now
        activeAt = startedAt
    }

    fileprivate func start(_ request: consuming TransportRequest) {
        timer = client.reactor.timer { [unowned self] in timerFired() }
        armTimer(startedAt)
        transfer = client.transport.start(request, self)
    }

    /// Ends the call at once, in any phase; the sink hears nothing afterwards.
    package func cancel() { release()?.cancel() }

    /// The sink is no longer full.
    package func resume() {
        guard isPaused else { return }
        isPaused = false
        activeAt = client.reactor.now
        armTimer(activeAt)
        transfer?.resume()
    }

    // MARK: TransferReceiver

    package func transferDidReceive(_ head: AnswerHead) {
        self.head = head
        activeAt = client.reactor.now
        armTimer(activeAt)
        if isAccepted { sink?.begin(head) }
    }

    package func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        guard let sink else { return .more }
        if !isAccepted {
            let room = Self.maxErrorBytes - refusal.count
            refusal.append(bytes.extracting(0..<min(room, bytes.byteCount)))
            return .more
        }
        if sink.isFull {
            isPaused = true
            return .pause
        }
        activeAt = client.reactor.now
        sink.receive(bytes)
        return .more
    }

    package func transferDidEnd(_ failure: TransportFailure?) {
        transfer = nil
        if let failure { return end(UpstreamError(failure, head == nil ? .head : .body)) }
        guard let head else { return end(UpstreamError(.truncated, UpstreamError.Stage.head.truncation)) }
        if isAccepted { return end(nil) }
        let answer = UpstreamError.Answer(head: head, body: refusal.copy())
        end(UpstreamError(status: head.status, answer: answer, ownCredentials: !client.settings.passesCallerKey))
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
        timer?.cancel()
        timer = nil
        return transfer
    }

    // MARK: Timeouts

    /// Armed for the nearest deadline; looks again when it fires, so that bytes cost no arming.
    private func timerFired() {
        let now = client.reactor.now
        if now.milliseconds(since: startedAt) >= timeouts.total {
            fail(UpstreamError(.totalTimeout, "The provider's answer took longer than \(timeouts.total) ms."))
        } else if let connectTimeout, now.milliseconds(since: startedAt) >= connectTimeout {
            fail(UpstreamError(TransportFailure.connectTimeout, .head))
        } else if isIdleBounded, now.milliseconds(since: activeAt) >= timeouts.idle {
            fail(UpstreamError(.idleTimeout, "The provider sent nothing for \(timeouts.idle) ms."))
        } else {
            armTimer(now)
        }
    }

    private func armTimer(_ now: MonotonicTime) {
        var left = timeouts.total - now.milliseconds(since: startedAt)
        if let connectTimeout { left = min(left, connectTimeout - now.milliseconds(since: startedAt)) }
        if isIdleBounded { left = min(left, timeouts.idle - now.milliseconds(since: activeAt)) }
        timer?.arm(milliseconds: max(1, left))
    }

    /// Until the head comes the client may still be sending its body, or the provider be at work on it.
    private var isIdleBounded: Bool { head != nil && !isPaused }

    /// Nil once the connection stands.
    private var connectTimeout: Int? {
        transfer?.isConnected == true ? nil : timeouts.connect
    }
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
        let call = RelayCall(
            client, timeouts: terms.timeouts ?? client.settings.timeouts, slot: terms.slot, sink: sink)
        call.start(encoded)
        return call
    }
}
