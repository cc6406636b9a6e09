/// A way to make HTTP calls to one provider, on one loop.
///
/// There are two: libcurl's whole transfers (`CurlTransport`), and the gateway's own HTTP/1.1 over connections which
/// libcurl makes (`HTTP1Transport`). Everything is called on the loop's thread.
package protocol HTTPTransport: AnyObject {
    /// Starts a call. The receiver hears nothing before this returns, and exactly one `transferDidEnd` at last,
    /// unless the transfer is cancelled. The receiver is held until then.
    func start(_ request: consuming TransportRequest, _ receiver: any TransferReceiver) -> any HTTPTransfer
}

/// A call under way.
package protocol HTTPTransfer: AnyObject {
    /// Ends the call at once, in any phase; the receiver hears nothing afterwards.
    func cancel()
    /// Lets bytes flow again after the receiver answered `.pause`.
    func resume()
    /// Whether a connection to the provider stands (its TCP and TLS handshakes are over).
    var isConnected: Bool { get }
}

/// Who takes the answer of a transfer.
package protocol TransferReceiver: AnyObject {
    /// The final head (never a 1xx). Comes once, before any byte of the body.
    func transferDidReceive(_ head: AnswerHead)
    /// Bytes of the body, in order. After `.pause` the same bytes come again once the transfer is resumed.
    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow
    /// Comes once and last. `nil`: the body came whole.
    func transferDidEnd(_ failure: TransportFailure?)
}

/// What a receiver says to bytes of a body.
package enum TransferFlow {
    /// Taken; more may come.
    case more
    /// Not taken: bring them again after `resume()`.
    case pause
}
