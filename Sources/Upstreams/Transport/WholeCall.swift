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

    package typealias Completion = CallEnding<Answer, Failure>.Completion

    private let maxBytes: Int
    private let ending: CallEnding<Answer, Failure>
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
        ending = CallEnding(timeout: timeout, late: .timeout, reactor: reactor, completion: completion)
        ending.begin(transport.start(request, self))
        if let connectTimeout, connectTimeout < timeout {
            ending.connect(within: connectTimeout, else: .transport(.connectTimeout), reactor: reactor)
        }
    }

    /// Whether the request may have reached the provider.
    package var isConnected: Bool { ending.isConnected }

    /// Nobody wants to know any more.
    package func cancel() { ending.cancel() }

    // MARK: TransferReceiver

    package func transferDidReceive(_ head: AnswerHead) { self.head = head }

    package func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        if body.count + bytes.byteCount > maxBytes {
            ending.end(.failure(.tooLarge))
        } else {
            unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
        }
        return .more
    }

    package func transferDidEnd(_ failure: TransportFailure?) {
        ending.transferDidEnd()
        if let failure { return ending.end(.failure(.transport(failure))) }
        guard let head else { return ending.end(.failure(.transport(.truncated))) }
        ending.end(.success(Answer(head: head, body: body)))
    }
}
