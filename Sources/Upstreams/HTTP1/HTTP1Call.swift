/// One call to a provider by the gateway's own HTTP/1.1; used for one call after another.
///
/// States: idle (in the pool) → connecting → on a connection → idle; once at most from a kept connection, which turned
/// out to be closed, back to connecting. Who started a call holds it only until it has ended or was cancelled. It keeps
/// itself alive meanwhile.
final class HTTP1Call: HTTPTransfer, ConnectReceiver {
    /// Nil: idle.
    private var transport: HTTP1Transport?
    private var receiver: (any TransferReceiver)?
    private var selfWhileRunning: HTTP1Call?
    private var connect: CurlConnect?
    private var connection: HTTP1Connection?
    /// The request: its head, with the body behind it if that is small, and else the body. Kept as long as it may have
    /// to be sent again.
    private var head = ByteBuffer()
    private var body = ByteBuffer()
    private var sent = 0
    /// Brings the body as it comes; nil: `head` and `body` hold all of it.
    private var pipe: BodyPipe?

    func start(_ transport: HTTP1Transport, _ receiver: any TransferReceiver, _ request: consuming TransportRequest) {
        precondition(self.transport == nil, "a call is started twice")
        self.transport = transport
        self.receiver = receiver
        selfWhileRunning = self
        sent = 0
        pipe = request.pipe
        body = transport.encoder.write(request, to: &head)
        pipe?.didWrite = { [unowned self] in connection?.bodyDidGrow() }
        // A kept connection may turn out to be closed, and what went into it could not be sent again.
        if pipe == nil, let connection = transport.takeIdleConnection() {
            begin(on: connection)
        } else {
            connect = transport.connector.connect(self)
        }
    }

    // MARK: HTTPTransfer

    func cancel() {
        guard receiver != nil else { return }
        connect?.close()
        connection?.close()
        release()
    }

    func resume() { connection?.resume() }

    var isConnected: Bool { connection != nil }

    // MARK: ConnectReceiver

    func didConnect(_ socket: consuming UpstreamSocket) {
        connect = nil
        guard let transport else { return }
        begin(on: HTTP1Connection(socket, transport))
    }

    func connectDidFail(_ failure: TransportFailure) {
        connect = nil
        didEnd(failure)
    }

    // MARK: What the connection does

    var hasUnsentBytes: Bool { sent < head.count + body.count }

    /// Fetches what else of the body has come. False: nothing, for now or at all (`isBodyComplete`).
    func fetchBody() -> Bool {
        guard let pipe else { return false }
        body.removeAll()
        sent = head.count
        return pipe.take(into: &body)
    }

    var isBodyComplete: Bool { pipe?.isDrained ?? true }

    /// Shows what is to be sent next, and whether more follows.
    @unsafe func withUnsentBytes<R>(_ send: (UnsafeRawBufferPointer, _ more: Bool) -> R) -> R {
        if sent < head.count {
            return unsafe head.withUnsafeBytes { bytes in
                unsafe send(UnsafeRawBufferPointer(rebasing: bytes[sent...]), !body.isEmpty)
            }
        }
        return unsafe body.withUnsafeBytes { bytes in
            unsafe send(UnsafeRawBufferPointer(rebasing: bytes[(sent - head.count)...]), false)
        }
    }

    func didSend(_ count: Int) { sent += count }

    /// The request will not have to be sent again.
    func releaseRequest() {
        sent = 0
        head.removeAll()
        head.releaseIfEmpty()
        body = ByteBuffer()
        pipe?.didWrite = nil
        pipe = nil
    }

    func didReceive(_ head: AnswerHead) { receiver?.transferDidReceive(head) }

    func didReceive(_ bytes: RawSpan) -> TransferFlow { receiver?.transferDidReceive(bytes) ?? .more }

    /// The connection was closed before anything of the answer came.
    func beginAgain() {
        connection = nil
        sent = 0
        connect = transport?.connector.connect(self)
    }

    func didEnd(_ failure: TransportFailure?) {
        let receiver = receiver
        release()
        receiver?.transferDidEnd(failure)
    }

    // MARK: Idle

    private func begin(on connection: HTTP1Connection) {
        self.connection = connection
        connection.begin(self)
    }

    private func release() {
        receiver = nil
        connect = nil
        connection = nil
        releaseRequest()
        let transport = transport
        self.transport = nil
        selfWhileRunning = nil
        transport?.takeBack(self)
    }
}
