import Upstreams

/// One client's connection: drives the socket, the parsers and the timeouts, one request after another.
///
/// States: `handshake` → `idle` → `head` → `body` (or `receiving`: the body is handed over while the request is served
/// already) → `serving` → `idle` … → `draining` (the last response is being sent) → `lingering` (sent; what the client
/// still sends is dropped) → `closed`; or `serving` → `upgraded` (another protocol has the connection) → `draining`. Any
/// state may go to `closed`.
/// Requests that come early wait in `input`, bounded; while a request is served, nothing else is read beyond that.
///
/// `+Requests` has what comes from the client, `+Responses` what goes to it, `+Timeouts` what is due when nothing does
/// either; what is variable here is theirs alone.
final class Connection: TurnTask {
    enum State {
        case handshake, idle, head, body, receiving, serving, upgraded, draining, lingering, closed
    }

    unowned let server: Server
    let listener: Listener
    let clientAddress: String
    private(set) var state = State.handshake
    private(set) var tlsVersion: TLSVersion?
    /// What the client's certificate says, read when first asked for, during a request; nil: it showed none.
    private(set) lazy var peerCertificate = socket?.peerCertificate
    private var watch: (any DescriptorWatch)?
    var socket: ClientSocket?
    let clock: ConnectionClock

    // What comes.
    var input = ByteBuffer()
    var parser: RequestParser
    /// The head of the present request.
    var head = RequestHead()
    var body = BodyReader()
    /// Whether the connection may be kept once a body that is handed over has come whole.
    var mayKeepAlive = false
    var isAdvancing = false
    var requestsServed = 0

    // Who answers.
    var handler: (any RequestHandler)?
    var response: ResponseWriter?
    var upgraded: (any UpgradedProtocol)?
    var wasUpgraded = false

    // What goes.
    /// What waits to be sent.
    var output = ByteBuffer()
    var isFlushQueued = false
    /// The socket takes no more for now.
    var isBlocked = false
    /// A writer was told that `output` is full, and waits to hear that it no longer is.
    var wasFull = false

    init(_ socket: consuming ClientSocket, from address: String, via listener: Listener, server: Server) {
        self.server = server
        self.listener = listener
        clientAddress = address
        parser = RequestParser(maxHeadBytes: server.bounds.maxHeaderBytes)
        clock = ConnectionClock(server.loop.now)
        let descriptor = socket.descriptor
        let isSecure = socket.isSecure
        self.socket = consume socket
        if !isSecure { state = .idle }
        clock.timer = server.loop.timer { [unowned self] in timerFired() }
        watch = server.loop.watch(descriptor: descriptor) { [unowned self] ready in didBecomeReady(ready) }
        watch?.want(.readable)
        armTimer()
    }

    var isSecure: Bool { socket?.isSecure ?? false }

    /// Whether a request is being read or served.
    var isBusy: Bool { state != .idle || !input.isEmpty }

    func enter(_ state: State) {
        self.state = state
        clock.restart(server.loop.now)
        armTimer()
    }

    // MARK: Readiness

    private func didBecomeReady(_ ready: Readiness) {
        if state == .handshake { return shakeHands() }
        if ready.contains(.writable) {
            isBlocked = false
            flush()
        }
        guard state != .closed else { return }
        if ready.contains(.failed), !canRead { return peerDidLeave() }
        if ready.contains(.readable) {
            receive()
        } else if ready.contains(.disconnect) {
            peerDidLeave()
        }
    }

    private func shakeHands() {
        switch socket?.handshake() ?? .complete {
        case .complete:
            tlsVersion = socket?.tlsVersion
            if socket?.isResumed == true {
                listener.metrics.values.handshakesResumed += 1
            } else {
                listener.metrics.values.handshakesFull += 1
            }
            enter(.idle)
            watch?.want(.readable)
            receive()
        case .wouldBlock(let wantsWrite):
            watch?.want(wantsWrite ? .writable : .readable)
        case .failed:
            listener.metrics.values.handshakesFailed += 1
            close()
        }
    }

    func updateInterest() {
        var wanted: Readiness = isBlocked ? [.writable, .disconnect] : .disconnect
        if canRead { wanted.insert(.readable) }
        if wanted.contains(.readable) { wanted.remove(.disconnect) }
        watch?.want(wanted)
    }

    // MARK: The end

    /// Ends an idle connection; a busy one ends after its response (`server.isDraining`).
    func drain() {
        if let upgraded { upgraded.drain() } else if !isBusy { close() }
    }

    /// Ends the connection at once, whatever is under way.
    func abandon() { peerDidLeave() }

    func peerDidLeave() {
        let handler = handler
        self.handler = nil
        response?.clientLeft()
        response = nil
        let upgraded = upgraded
        self.upgraded = nil
        close()
        handler?.clientLeft()
        upgraded?.clientLeft()
    }

    func close() {
        guard state != .closed else { return }
        state = .closed
        watch?.stop()
        watch = nil
        clock.stop()
        socket = nil
        input = ByteBuffer()
        output = ByteBuffer()
        body = BodyReader()
        server.remove(self)
    }
}
