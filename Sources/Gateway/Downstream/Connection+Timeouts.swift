import Upstreams

/// How long each state may last, and what happens then.
extension Connection {
    /// Milliseconds to wait for a client to notice that we are done with it.
    private static let lingerTimeout = 2000

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
            return clock.lastByte.advanced(milliseconds: bounds.bodyTimeoutMs)
        case .serving where !output.isEmpty, .upgraded where !output.isEmpty, .draining:
            limit = bounds.writeStallTimeoutMs
        case .serving where bounds.keepAliveCommentMs > 0: limit = bounds.keepAliveCommentMs
        case .upgraded:
            let silence = upgraded?.idleTimeoutMs ?? Self.lingerTimeout
            return clock.lastByte.advanced(milliseconds: silence)
        case .lingering: limit = Self.lingerTimeout
        case .serving, .closed: return nil
        }
        return clock.since.advanced(milliseconds: limit)
    }

    func armTimer() {
        if let due { clock.arm(for: due, server.loop.now) }
    }

    func timerFired() {
        clock.fired()
        guard let due, due <= server.loop.now else { return armTimer() }
        switch state {
        case .head:
            refuseConnection(HTTPParseError(.requestTimeout, "the request's head did not come in time"))
        case .receiving where !output.isEmpty:
            peerDidLeave()
        case .body, .receiving:
            refuse(.bodyTimeout(milliseconds: server.bounds.bodyTimeoutMs))
        case .serving where output.isEmpty:
            clock.restart(server.loop.now)
            handler?.keepAlive()
            armTimer()
        case .upgraded where output.isEmpty:
            clock.restart(server.loop.now)
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
}
