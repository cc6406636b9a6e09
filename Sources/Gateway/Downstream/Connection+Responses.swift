import Upstreams

/// To the client: what a response or another protocol writes, sent once in a turn as far as the client takes it.
extension Connection {
    var isOutputFull: Bool {
        let isFull = output.count >= server.bounds.outputHighBytes
        if isFull { wasFull = true }
        return isFull
    }

    /// Adds to what waits to be sent.
    @inline(__always)
    func write(_ body: (inout ByteBuffer) -> Void) {
        body(&output)
        outputDidGrow()
    }

    func outputDidGrow() {
        guard !isFlushQueued else { return }
        if !isBlocked { clock.restart(server.loop.now) }
        isFlushQueued = true
        server.loop.atEndOfTurn(self)
    }

    func responseDidEnd(keepAlive: Bool) {
        handler = nil
        response = nil
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

    // MARK: Sending

    func runAtEndOfTurn() {
        isFlushQueued = false
        flush()
    }

    func flush() {
        guard state != .closed else { return }
        while !output.isEmpty, !isBlocked {
            let waiting = output.count
            switch socket?.write(from: &output) ?? .endOfStream {
            case .moved(let count):
                listener.metrics.values.bytesSent += count
                if count < waiting { clock.restart(server.loop.now) }
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
}
