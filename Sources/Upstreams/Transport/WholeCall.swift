/// One HTTP call whose answer is taken whole, within a size and a time.
///
/// States: started → over, after one word to its completion; or cancelled, without any.
package final class WholeCall: TransferReceiver {
    package struct Answer {
        package let head: AnswerHead
        package let body: [UInt8]
    }

    package enum Failure: Error, Equatable {
        case transport(TransportFailure)
        /// The body is larger than its bound.
        case tooLarge
        case timeout
    }

    package typealias Completion = (Result<Answer, Failure>) -> Void

    private let maxBytes: Int
    private var completion: Completion?
    private var transfer: (any HTTPTransfer)?
    private var timer: (any ReactorTimer)?
    /// Milliseconds that are left when the timer fires.
    private var timeLeft: Int
    private var head: AnswerHead?
    private var body: [UInt8] = []

    /// Starts the call. `completion` hears nothing before this returns.
    ///
    /// - Parameters:
    ///   - maxBytes: of the answer's body.
    ///   - timeout: milliseconds until all of the answer must be there.
    ///   - connectTimeout: milliseconds until the connection must stand; nil: as the transport has it.
    package init(
        _ request: consuming TransportRequest, over transport: any HTTPTransport, maxBytes: Int, timeout: Int,
        connectTimeout: Int? = nil, reactor: any Reactor, completion: @escaping Completion
    ) {
        self.maxBytes = maxBytes
        self.completion = completion
        let first = min(timeout, connectTimeout ?? timeout)
        timeLeft = timeout - first
        timer = reactor.timer { [unowned self] in timerFired() }
        timer?.arm(milliseconds: first)
        transfer = transport.start(request, self)
    }

    /// The time to connect is over, or all of it.
    private func timerFired() {
        if timeLeft > 0, isConnected {
            timer?.arm(milliseconds: timeLeft)
            timeLeft = 0
        } else {
            fail(timeLeft > 0 ? .transport(.connectTimeout) : .timeout)
        }
    }

    /// Whether the request may have reached the provider.
    package var isConnected: Bool { transfer?.isConnected ?? true }

    /// Nobody wants to know any more.
    package func cancel() {
        completion = nil
        release()?.cancel()
    }

    // MARK: TransferReceiver

    package func transferDidReceive(_ head: AnswerHead) { self.head = head }

    package func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        if body.count + bytes.byteCount > maxBytes {
            fail(.tooLarge)
        } else {
            unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
        }
        return .more
    }

    package func transferDidEnd(_ failure: TransportFailure?) {
        transfer = nil
        if let failure { return end(.failure(.transport(failure))) }
        guard let head else { return end(.failure(.transport(.truncated))) }
        end(.success(Answer(head: head, body: body)))
    }

    // MARK: Endings

    private func fail(_ failure: Failure) {
        release()?.cancel()
        end(.failure(failure))
    }

    private func end(_ result: Result<Answer, Failure>) {
        _ = release()
        let completion = completion
        self.completion = nil
        completion?(result)
    }

    private func release() -> (any HTTPTransfer)? {
        defer { transfer = nil }
        timer?.cancel()
        timer = nil
        return transfer
    }
}
