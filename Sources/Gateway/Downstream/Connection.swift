import Upstreams

/// One client's connection: drives the socket, the parsers and the timeouts, one request after another.
///
/// States: `handshake` → `idle` → `head` → `body` (or `receiving`: the body is handed over while the request is served
/// already) → `serving` → `idle` … → `draining` (the last response is being
/// sent) → `lingering` (sent; what the client still sends is dropped) → `closed`; or `serving` → `upgraded` (another
/// protocol has the connection) → `draining`. Any state may go to `closed`.
/// Requests that come early wait in `input`, bounded; while a request is served, nothing else is read beyond that.
final class Connection: TurnTask {
    enum State {
        case handshake, idle, head, body, receiving, serving, upgraded, draining, lingering, closed
    }

    unowned let server: Server
    let listener: Listener
    let clientAddress: String
    /// What waits to be sent.
    var output = ByteBuffer()
    private(set) var state = State.handshake
    /// The head of the present request.
    private(set) var head = RequestHead()
    private(set) var tlsVersion: TLSVersion?
    /// What the client's certificate says, read when first asked for, during a request; nil: it showed none.
    private(set) lazy var peerCertificate = socket?.peerCertificate
    private var socket: ClientSocket?
    private var watch: (any DescriptorWatch)?
    private var input = ByteBuffer()
    private var parser: RequestParser
    private var decoder = BodyDecoder(.none)
    private var body = ByteBuffer()
    /// Bytes of a body that were handed over.
    private var bodyBytes = 0
    private var handler: (any RequestHandler)?
    private var response: ResponseWriter?
    private var upgraded: (any UpgradedProtocol)?
    private var timer: (any ReactorTimer)?
    private var armedFor: MonotonicTime?
    /// When the present state began, or something was last written or sent in it.
    private var since: MonotonicTime
    private var receivedAt: MonotonicTime
    private var isStreaming = false
    /// Whether the connection may be kept once a body that is handed over has come whole.
    private var mayKeepAlive = false
    private var isAdvancing = false
    private var isFlushQueued = false
    private var isBlocked = false
    private var wasFull = false
    private var wasUpgraded = false
    private var requestsServed = 0

    /// Bytes that may wait while a request is served.
    private static let maxPipelinedBytes = 64 * 1024
    private static let readBytes = 8 * 1024
    private static let maxReadBytes = 256 * 1024
    /// Milliseconds to wait for a client to notice that we are done with it.
    private static let lingerTimeout = 2000

    init(_ socket: consuming ClientSocket, from address: String, via listener: Listener, server: Server) {
        self.server = server
        self.listener = listener
        clientAddress = address
        parser = RequestParser(maxHeadBytes: server.bounds.maxHeaderBytes)
        since = server.loop.now
        receivedAt = since
        let descriptor = socket.descriptor
        let isSecure = socket.isSecure
        self.socket = consume socket
        if !isSecure { state = .idle }
        timer = server.loop.timer { [unowned self] in timerFired() }
        watch = server.loop.watch(descriptor: descriptor) { [unowned self] ready in didBecomeReady(ready) }
        watch?.want(.readable)
        armTimer()
    }

    var isSecure: Bool { socket?.isSecure ?? false }

    /// Whether a request is being read or served.
    var isBusy: Bool { state != .idle || !input.isEmpty }

    /// Ends an idle connection; a busy one ends after its response (`server.isDraining`).
    func drain() {
        if let upgraded { upgraded.drain() } else if !isBusy { close() }
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

    // MARK: Reading

    private func receive() {
        if state == .lingering || state == .draining { return discard() }
        guard canRead else { return updateInterest() }
        if input.isEmpty { swap(&input, &server.spareInput) }
        switch socket?.read(into: &input, atMost: readSize) ?? .endOfStream {
        case .moved(let count):
            listener.metrics.values.bytesReceived += count
            receivedAt = server.loop.now
            advance()
        case .wouldBlock:
            giveBackInput()
        case .endOfStream, .failed:
            peerDidLeave()
        }
    }

    /// Whether there is room for what the client sends.
    private var canRead: Bool {
        switch state {
        case .serving: input.count < Self.maxPipelinedBytes
        case .receiving: handler?.takesBody ?? false
        case .upgraded: !isOutputFull
        default: true
        }
    }

    private var readSize: Int {
        if state == .receiving { return Self.maxPipelinedBytes }
        guard state == .body, case .length(let length) = head.body else { return Self.readBytes }
        return min(max(length - body.count, Self.readBytes), Self.maxReadBytes)
    }

    /// After our last word, what the client still sends only shows that it is there.
    private func discard() {
        var scratch = ByteBuffer()
        switch socket?.read(into: &scratch, atMost: Self.readBytes) ?? .endOfStream {
        case .moved, .wouldBlock: break
        case .endOfStream, .failed: if state == .lingering { close() } else { peerDidLeave() }
        }
    }

    private func peerDidLeave() {
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

    // MARK: Requests

    /// Goes on with what is in `input` as far as it reaches.
    private func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        while readHead() || readBody() || readStreamedBody() || readUpgraded() {}
        isAdvancing = false
        giveBackInput()
        guard state != .closed else { return }
        updateInterest()
        // TLS may hold bytes that the descriptor does not tell of.
        let mayGoOn =
            state == .idle || state == .head || state == .body || (state == .upgraded || state == .receiving) && canRead
        if mayGoOn, socket?.hasPending == true { receive() }
    }

    private func giveBackInput() {
        guard input.isEmpty else { return }
        if server.spareInput.capacity < input.capacity, input.capacity <= Self.maxReadBytes {
            swap(&input, &server.spareInput)
        }
        input.releaseIfEmpty()
    }

    /// True when a head was completed and there may be more to do.
    private func readHead() -> Bool {
        guard state == .idle || state == .head, !input.isEmpty else { return false }
        let step: RequestParser.Step
        do {
            step = try input.withBytes { (bytes) throws(HTTPParseError) in try parser.parse(bytes, into: &head) }
        } catch {
            refuseConnection(error)
            return false
        }
        guard case .head(let count) = step else {
            if state == .idle { enter(.head) }
            return false
        }
        input.removeFirst(count)
        beginRequest()
        return true
    }

    private func beginRequest() {
        let response = ResponseWriter(self, head, keepAlive: head.keepAlive && !server.isDraining)
        let handler = server.open(self, response)
        self.response = response
        self.handler = handler
        requestsServed += 1
        guard let limit = handler.maxBodyBytes else {
            if head.body != .none { response.keepAlive = false }
            return serve()
        }
        if case .length(let length) = head.body, length > limit { return refuse(.bodyTooLarge(limit: limit)) }
        decoder = BodyDecoder(head.body)
        bodyBytes = 0
        if head.expectsContinue, input.isEmpty, head.body != .none {
            output.appendContinue()
            outputDidGrow()
        }
        guard handler.streamsBody else { return enter(.body) }
        // Until the body is there, nothing can follow it.
        mayKeepAlive = response.keepAlive
        response.keepAlive = false
        enter(.receiving)
        handler.beginBody()
    }

    /// True when the body was completed.
    private func readBody() -> Bool {
        guard state == .body, let limit = handler?.maxBodyBytes else { return false }
        var next = 0
        var isComplete = false
        var failure: APIError?
        input.withBytes { bytes in
            while !isComplete, failure == nil {
                do throws(HTTPParseError) {
                    switch try decoder.decode(bytes, from: next) {
                    case .bytes(let range, next: let position):
                        if body.count + range.count > limit { failure = .bodyTooLarge(limit: limit) }
                        body.append(bytes.extracting(range))
                        next = position
                    case .needMore(next: let position):
                        next = position
                        return
                    case .end(next: let position):
                        next = position
                        isComplete = true
                    }
                } catch {
                    failure = APIError(error)
                }
            }
        }
        input.removeFirst(next)
        if let failure {
            refuse(failure)
            return false
        }
        if isComplete { serve() }
        return isComplete
    }

    /// Hands over what has come of a body. True when it is complete.
    private func readStreamedBody() -> Bool {
        guard state == .receiving, let handler, let limit = handler.maxBodyBytes, !input.isEmpty || decoder.isComplete
        else { return false }
        // Taken out meanwhile: the handler may answer, and end the connection.
        var bytes = ByteBuffer()
        swap(&bytes, &input)
        var next = 0
        var isComplete = false
        bytes.withBytes { span in
            while state == .receiving, !isComplete {
                do throws(HTTPParseError) {
                    switch try decoder.decode(span, from: next) {
                    case .bytes(let range, next: let position):
                        next = position
                        bodyBytes += range.count
                        if bodyBytes > limit { return refuse(.bodyTooLarge(limit: limit)) }
                        handler.receive(span.extracting(range))
                    case .needMore(next: let position):
                        next = position
                        return
                    case .end(next: let position):
                        next = position
                        isComplete = true
                    }
                } catch {
                    return refuse(APIError(error))
                }
            }
        }
        bytes.removeFirst(next)
        // Also when it is empty: its memory serves the next read.
        if state != .closed { swap(&bytes, &input) }
        guard isComplete else { return false }
        if response?.hasBegun == false { response?.keepAlive = mayKeepAlive }
        enter(.serving)
        handler.endBody()
        return true
    }

    /// The handler takes more of the body again.
    func resumeBody() {
        guard state == .receiving else { return }
        since = server.loop.now
        advance()
        armTimer()
    }

    /// True when what was taken may have brought the connection into another state.
    private func readUpgraded() -> Bool {
        guard state == .upgraded, let upgraded, !input.isEmpty, canRead else { return false }
        var bytes = ByteBuffer()
        swap(&bytes, &input)
        let count = bytes.count
        upgraded.didReceive(&bytes)
        let hasMoved = bytes.count < count
        if state != .closed { swap(&bytes, &input) }
        return hasMoved
    }

    private func serve() {
        enter(.serving)
        var whole = ByteBuffer()
        swap(&whole, &body)
        handler?.run(body: whole)
    }

    /// Refuses a request whose head was read; the connection cannot go on behind its body.
    private func refuse(_ error: APIError) {
        response?.keepAlive = false
        body = ByteBuffer()
        enter(.serving)
        handler?.refuse(error)
    }

    /// Refuses what is no request; there is no handler for it.
    private func refuseConnection(_ error: HTTPParseError) {
        enter(.serving)
        head = RequestHead()
        let response = ResponseWriter(self, head, keepAlive: false)
        self.response = response
        server.refuse(APIError(error), self, response)
    }

    // MARK: Responses

    var isOutputFull: Bool {
        let isFull = output.count >= server.bounds.outputHighBytes
        if isFull { wasFull = true }
        return isFull
    }

    func streamDidBegin() { isStreaming = true }

    /// Adds to what waits to be sent.
    @inline(__always)
    func write(_ body: (inout ByteBuffer) -> Void) {
        body(&output)
        outputDidGrow()
    }

    func outputDidGrow() {
        guard !isFlushQueued else { return }
        if !isBlocked { since = server.loop.now }
        isFlushQueued = true
        server.loop.atEndOfTurn(self)
    }

    func responseDidEnd(keepAlive: Bool) {
        handler = nil
        response = nil
        isStreaming = false
        wasFull = false
        outputDidGrow()
        guard keepAlive, !server.isDraining else { return enter(.draining) }
        enter(.idle)
        advance()
    }

    /// The response was `101 Switching Protocols`: from here on the connection belongs to `owner`, who hears nothing
    /// before this turn ends.
    func upgrade(to owner: any UpgradedProtocol) {
        handler = nil
        response = nil
        upgraded = owner
        wasUpgraded = true
        enter(.upgraded)
        outputDidGrow()
        if server.isDraining { owner.drain() }
    }

    /// The other protocol has said its last word, which is still sent.
    func upgradedDidEnd() {
        upgraded = nil
        guard state == .upgraded else { return }
        enter(.draining)
        outputDidGrow()
    }

    func responseWasAborted() {
        handler = nil
        response = nil
        flush()
        socket?.resetOnClose()
        close()
    }

    // MARK: Writing

    func runAtEndOfTurn() {
        isFlushQueued = false
        flush()
    }

    private func flush() {
        guard state != .closed else { return }
        while !output.isEmpty, !isBlocked {
            let waiting = output.count
            switch socket?.write(from: &output) ?? .endOfStream {
            case .moved(let count):
                listener.metrics.values.bytesSent += count
                if count < waiting { since = server.loop.now }
                // A plain socket that takes a part is full; TLS sends one record at a time.
                if count < waiting, !isSecure { isBlocked = true }
            case .wouldBlock:
                isBlocked = true
            case .endOfStream, .failed:
                return peerDidLeave()
            }
        }
        armTimer()
        updateInterest()
        if wasFull, output.count <= server.bounds.outputLowBytes {
            wasFull = false
            handler?.clientIsReady()
            upgraded?.clientIsReady()
        }
        if state == .upgraded, !input.isEmpty { advance() }
        guard output.isEmpty else { return }
        if output.capacity > 16 * 1024 { output.releaseIfEmpty() }
        if state == .draining { linger() }
    }

    private func linger() {
        guard head.body != .none || !input.isEmpty || wasUpgraded else { return close() }
        // A close with unread bytes would reset the connection and take our last words from the client.
        socket?.endWriting()
        enter(.lingering)
    }

    private func updateInterest() {
        var wanted: Readiness = isBlocked ? [.writable, .disconnect] : .disconnect
        if canRead { wanted.insert(.readable) }
        if wanted.contains(.readable) { wanted.remove(.disconnect) }
        watch?.want(wanted)
    }

    // MARK: Timeouts

    private func enter(_ state: State) {
        self.state = state
        since = server.loop.now
        armTimer()
    }

    /// What is due next; the timer may fire earlier and then looks again.
    private var due: MonotonicTime? {
        let bounds = server.bounds
        let limit: Int
        switch state {
        case .handshake, .head: limit = bounds.headerTimeoutMs
        case .idle: limit = requestsServed == 0 ? bounds.headerTimeoutMs : bounds.keepAliveTimeoutMs
        case .body: limit = bounds.bodyTimeoutMs
        case .receiving where !output.isEmpty: limit = bounds.writeStallTimeoutMs
        case .receiving:
            guard handler?.takesBody == true else { return nil }
            return max(since, receivedAt).advanced(milliseconds: bounds.bodyTimeoutMs)
        case .serving where !output.isEmpty, .upgraded where !output.isEmpty, .draining:
            limit = bounds.writeStallTimeoutMs
        case .serving where bounds.keepAliveCommentMs > 0: limit = bounds.keepAliveCommentMs
        case .upgraded:
            let silence = upgraded?.idleTimeoutMs ?? Self.lingerTimeout
            return max(since, receivedAt).advanced(milliseconds: silence)
        case .lingering: limit = Self.lingerTimeout
        case .serving, .closed: return nil
        }
        return since.advanced(milliseconds: limit)
    }

    private func armTimer() {
        guard let due else { return }
        if let armedFor, armedFor <= due { return }
        armedFor = due
        timer?.arm(milliseconds: max(1, due.milliseconds(since: server.loop.now) + 1))
    }

    private func timerFired() {
        armedFor = nil
        guard let due, due <= server.loop.now else { return armTimer() }
        switch state {
        case .head:
            refuseConnection(HTTPParseError(.requestTimeout, "the request's head did not come in time"))
        case .receiving where !output.isEmpty:
            peerDidLeave()
        case .body, .receiving:
            refuse(.bodyTimeout(milliseconds: server.bounds.bodyTimeoutMs))
        case .serving where output.isEmpty:
            since = server.loop.now
            handler?.keepAlive()
            armTimer()
        case .upgraded where output.isEmpty:
            since = server.loop.now
            upgraded?.didIdle()
            armTimer()
        case .serving, .upgraded, .draining:
            peerDidLeave()
        case .handshake, .idle, .lingering:
            close()
        case .closed:
            break
        }
    }

    // MARK: The end

    private func close() {
        guard state != .closed else { return }
        state = .closed
        watch?.stop()
        watch = nil
        timer?.cancel()
        timer = nil
        socket = nil
        input = ByteBuffer()
        output = ByteBuffer()
        body = ByteBuffer()
        server.remove(self)
    }

    /// Ends the connection at once, whatever is under way.
    func abandon() { peerDidLeave() }
}
