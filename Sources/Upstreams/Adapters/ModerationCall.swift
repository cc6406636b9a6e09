/// One question to a provider's `POST /moderations` (OpenAI's API reference, moderations).
///
/// States: asked → done, with the answer's body or without one; or asked → cancelled. Holds a place among the
/// provider's calls until then.
package final class ModerationCall: TransferReceiver {
    /// Gets the body of an answer of status 200, or nil when none came: on an error of any kind, above the size bound,
    /// or not within the time.
    package typealias Completion = ([UInt8]?) -> Void

    /// Bytes of an answer.
    private static let maxBytes = 1 << 20

    private var slot: InFlight.Slot?
    private var completion: Completion?
    private var transfer: (any HTTPTransfer)?
    private var timer: (any ReactorTimer)?
    private var isAccepted = false
    private var body = ByteBuffer()

    fileprivate init(_ slot: InFlight.Slot, _ completion: @escaping Completion) {
        self.slot = slot
        self.completion = completion
    }

    fileprivate func start(
        _ transport: any HTTPTransport, _ request: consuming TransportRequest, timeout: Int, reactor: any Reactor
    ) {
        timer = reactor.timer { [unowned self] in fail() }
        timer?.arm(milliseconds: timeout)
        transfer = transport.start(request, self)
    }

    /// Nobody wants to know any more.
    package func cancel() {
        completion = nil
        release()?.cancel()
    }

    // MARK: TransferReceiver

    package func transferDidReceive(_ head: AnswerHead) { isAccepted = head.status == 200 }

    package func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        guard isAccepted, body.count + bytes.byteCount <= Self.maxBytes else {
            fail()
            return .more
        }
        body.append(bytes)
        return .more
    }

    package func transferDidEnd(_ failure: TransportFailure?) {
        transfer = nil
        end(failure == nil && isAccepted ? body.copy() : nil)
    }

    // MARK: Endings

    private func fail() {
        release()?.cancel()
        end(nil)
    }

    private func end(_ answer: [UInt8]?) {
        _ = release()
        let completion = completion
        self.completion = nil
        completion?(answer)
    }

    private func release() -> (any HTTPTransfer)? {
        let transfer = transfer
        self.transfer = nil
        slot = nil
        timer?.cancel()
        timer = nil
        return transfer
    }
}

extension OpenAIUpstream {
    /// Asks the provider what it thinks of texts of `request`. The completion hears once, and nothing before this
    /// returns. Nil: as many calls are on their way as are allowed.
    ///
    /// - Parameters:
    ///   - question: the body, a JSON object.
    ///   - timeout: milliseconds until the answer must be there.
    package func moderate(
        _ question: consuming ByteBuffer, of request: CompletionRequest, timeout: Int,
        _ completion: @escaping ModerationCall.Completion
    ) -> ModerationCall? {
        guard let slot = client.inFlight.take(atMost: client.settings.maxInFlight) else { return nil }
        var fields = [HTTPField("x-request-id", request.requestID)]
        if client.settings.passesCallerKey, let key = request.callerKey {
            fields.append(client.settings.keyHeader.field(key))
        }
        let call = ModerationCall(slot, completion)
        call.start(
            client.transport, TransportRequest(path: "/moderations", fields: fields, body: question), timeout: timeout,
            reactor: client.reactor)
        return call
    }
}
