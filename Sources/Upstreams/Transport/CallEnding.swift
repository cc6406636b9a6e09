/// The end of a call that is told once: by its answer, by a failure, or by its time; or cancelled, without a word.
///
/// Owns the transfer, the timer and who is told. Never looks at what comes. States: made → under way (`begin`) → over.
package final class CallEnding<Answer, Failure: Error> {
    package typealias Completion = (Result<Answer, Failure>) -> Void

    private var completion: Completion?
    private var transfer: (any HTTPTransfer)?
    private var timer: (any ReactorTimer)?
    /// Nil: the transport alone bounds the time to connect.
    private var connectTimer: (any ReactorTimer)?

    /// - Parameters:
    ///   - timeout: milliseconds, from now, until all of the answer must be there.
    ///   - late: what is told after that.
    package init(timeout: Int, late: Failure, reactor: any Reactor, completion: @escaping Completion) {
        self.completion = completion
        timer = reactor.timer { [unowned self] in end(.failure(late)) }
        timer?.arm(milliseconds: timeout)
    }

    /// Ends the call with `failure` unless it is connected after so many milliseconds.
    package func connect(within milliseconds: Int, else failure: Failure, reactor: any Reactor) {
        connectTimer = reactor.timer { [unowned self] in
            if !isConnected { end(.failure(failure)) }
        }
        connectTimer?.arm(milliseconds: milliseconds)
    }

    /// The transfer that brings the answer, as soon as it was started.
    package func begin(_ transfer: any HTTPTransfer) { self.transfer = transfer }

    /// Whether the request may have reached the other side.
    package var isConnected: Bool { transfer?.isConnected ?? true }

    /// The transfer has come to its own end; what it brought is told next.
    package func transferDidEnd() { transfer = nil }

    /// Tells the one result; what still comes is not taken any more.
    package func end(_ result: Result<Answer, Failure>) {
        release()
        let completion = completion
        self.completion = nil
        completion?(result)
    }

    /// Nobody wants to know any more.
    package func cancel() {
        completion = nil
        release()
    }

    private func release() {
        for timer in [timer, connectTimer] { timer?.cancel() }
        (timer, connectTimer) = (nil, nil)
        let transfer = transfer
        self.transfer = nil
        transfer?.cancel()
    }
}
