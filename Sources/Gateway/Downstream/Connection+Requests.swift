import Upstreams

/// From the client: the bytes that come, the requests in them, their bodies, and what comes after the last of them.
extension Connection {
    /// Bytes that may wait while a request is served.
    private static let maxPipelinedBytes = 64 * 1024
    private static let readBytes = 8 * 1024
    private static let maxReadBytes = 256 * 1024

    func receive() {
        if state == .lingering || state == .draining { return discard() }
        guard canRead else { return updateInterest() }
        if input.isEmpty { swap(&input, &server.spareInput) }
        switch socket?.read(into: &input, atMost: readSize) ?? .endOfStream {
        case .moved(let count):
            listener.metrics.values.bytesReceived += count
            clock.received(server.loop.now)
            advance()
        case .wouldBlock:
            giveBackInput()
        case .endOfStream, .failed:
            peerDidLeave()
        }
    }

    /// Whether there is room for what the client sends.
    var canRead: Bool {
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

    // MARK: Requests

    /// Goes on with what is in `input` as far as it reaches.
    func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        while readHead() || readBody() || readUpgraded() {}
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
        body = BodyReader(head.body, atMost: limit)
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

    /// Goes on with the body: gathers it, or hands it over as it comes. True when it is complete.
    private func readBody() -> Bool {
        let reading = state
        guard reading == .body || reading == .receiving, let handler, !input.isEmpty || body.isComplete else {
            return false
        }
        // Taken out meanwhile: the handler may answer, and end the connection.
        var bytes = ByteBuffer()
        swap(&bytes, &input)
        var next = 0
        var failure: APIError?
        bytes.withBytes { span in
            do throws(APIError) {
                while state == reading, let range = try body.next(in: span, from: &next) {
                    let part = span.extracting(range)
                    if reading == .body { body.gather(part) } else { handler.receive(part) }
                }
            } catch {
                failure = error
            }
        }
        bytes.removeFirst(next)
        // Also when it is empty: its memory serves the next read.
        if state != .closed { swap(&bytes, &input) }
        if let failure { refuse(failure) }
        guard state == reading, body.isComplete else { return false }
        if reading == .body { serve() } else { endBody(handler) }
        return true
    }

    /// All of a body that is handed over has come.
    private func endBody(_ handler: any RequestHandler) {
        if response?.hasBegun == false { response?.keepAlive = mayKeepAlive }
        enter(.serving)
        handler.endBody()
    }

    /// The handler takes more of the body again.
    func resumeBody() {
        guard state == .receiving else { return }
        clock.restart(server.loop.now)
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
        handler?.run(body: body.takeWhole())
    }

    /// Refuses a request whose head was read; the connection cannot go on behind its body.
    func refuse(_ error: APIError) {
        response?.keepAlive = false
        body = BodyReader()
        enter(.serving)
        handler?.refuse(error)
    }

    /// Refuses what is no request; there is no handler for it.
    func refuseConnection(_ error: HTTPParseError) {
        enter(.serving)
        head = RequestHead()
        let response = ResponseWriter(self, head, keepAlive: false)
        self.response = response
        server.refuse(APIError(error), self, response)
    }
}
