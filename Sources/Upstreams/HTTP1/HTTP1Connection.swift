/// One connection to a provider, on which calls follow one another.
///
/// States: idle ⇄ busy with one call, whose request is on its way out, whose answer is on its way in, or both → closed.
/// Reading may be paused while busy. While idle it holds no buffer and waits for the one thing that can happen: the
/// provider closes, or sends what nobody asked for, and the connection goes. Bytes are read into the worker's
/// `ReadBuffer` and shown to the call in place; only what cannot be used yet is kept.
final class HTTP1Connection {
    /// When the last call ended.
    private(set) var idleSince = MonotonicTime(nanoseconds: 0)
    private unowned let transport: HTTP1Transport
    /// Nil: closed.
    private var socket: UpstreamSocket?
    private var watch: (any DescriptorWatch)?
    /// Nil: idle or closed.
    private var call: HTTP1Call?
    private var decoder = ResponseDecoder()
    /// Input that was not used up: a part of a head, or bytes that were refused and what came behind them.
    private var leftover = ByteBuffer()
    /// How many bytes at the front of `leftover` are of the body, decoded already, and refused by the receiver.
    private var refused = 0
    private var isPaused = false
    private var isReused = false
    /// Whether something of the present answer has come.
    private var hasInput = false
    private var sending = Sending.done

    /// Legal transitions: `done` → `going` → (`blocked` or `starved` → `going`) → `done`, or `failed` from any but `done`.
    private enum Sending {
        case going
        /// The socket takes no more for now.
        case blocked
        /// The rest of the body has not come yet.
        case starved
        /// All has been sent.
        case done
        /// The provider takes no more; what it has answered can still be read.
        case failed
    }

    init(_ socket: consuming UpstreamSocket, _ transport: HTTP1Transport) {
        self.transport = transport
        let descriptor = socket.descriptor
        self.socket = consume socket
        watch = transport.reactor.watch(descriptor: descriptor) { [unowned self] ready in act(ready) }
    }

    deinit { watch?.stop() }

    // MARK: What the call does

    /// Takes a call and sends what the socket takes of its request. The call hears nothing before this has returned.
    func begin(_ call: HTTP1Call) {
        precondition(self.call == nil && socket != nil, "a connection serves one call at a time")
        self.call = call
        decoder = ResponseDecoder()
        hasInput = false
        isPaused = false
        sending = .going
        send()
        updateWatch()
    }

    /// More of the body has come.
    func bodyDidGrow() {
        guard sending == .starved else { return }
        sending = .going
        send()
        updateWatch()
    }

    /// Goes on after `.pause`: first with the bytes that were refused.
    func resume() {
        guard isPaused else { return }
        isPaused = false
        deliverLeftover()
        updateWatch()
    }

    /// Closes at once; the call hears nothing of it.
    func close() {
        call = nil
        watch?.stop()
        watch = nil
        socket = nil
    }

    // MARK: What the loop tells

    private func act(_ ready: Readiness) {
        guard call != nil else { return transport.drop(self) }
        if sending == .blocked {
            sending = .going
            send()
        }
        if !isPaused, ready.contains(.readable) { receive() }
        updateWatch()
    }

    /// Costs nothing as long as the wish stays the same, as it does from call to call.
    private func updateWatch() {
        var wanted: Readiness = isPaused ? [] : .readable
        if sending == .blocked { wanted.insert(.writable) }
        watch?.want(wanted)
    }

    // MARK: Sending

    private func send() {
        while sending == .going, let call {
            guard call.hasUnsentBytes || call.fetchBody() else {
                sending = call.isBodyComplete ? .done : .starved
                return
            }
            let result = unsafe call.withUnsentBytes { bytes, more in
                unsafe socket?.send(bytes, more: more) ?? .failed
            }
            switch result {
            case .moved(let count): call.didSend(count)
            case .wouldBlock: sending = .blocked
            case .failed, .endOfStream: sending = .failed
            }
        }
    }

    // MARK: Receiving

    private func receive() {
        let buffer = transport.readBuffer
        switch unsafe socket?.receive(buffer.room) ?? .failed {
        case .wouldBlock:
            return
        case .endOfStream:
            inputDidEnd(properly: true)
        case .failed:
            inputDidEnd(properly: false)
        case .moved(let count):
            if !hasInput {
                hasInput = true
                // It cannot be sent again from here on.
                if sending == .done { call?.releaseRequest() }
            }
            if leftover.isEmpty {
                buffer.withBytes(count) { bytes in
                    guard let used = deliver(bytes), used < count else { return }
                    leftover.append(bytes.extracting(used..<count))
                }
            } else {
                buffer.withBytes(count) { leftover.append($0) }
                deliverLeftover()
            }
        }
    }

    private func deliverLeftover() {
        // Taken out meanwhile: the receiver may close this connection or start anything else.
        var input = ByteBuffer()
        swap(&input, &leftover)
        guard let used = input.withBytes({ deliver($0) }) else { return }
        input.removeFirst(used)
        if !input.isEmpty { swap(&input, &leftover) }
    }

    /// Shows the receiver what is in `bytes`; tells how many are used up, nil when the call is no more.
    private func deliver(_ bytes: RawSpan) -> Int? {
        var offset = 0
        if refused > 0 {
            let part = 0..<refused
            refused = 0
            guard let next = deliver(bytes, part) else { return call == nil ? nil : 0 }
            offset = next
        }
        do throws(HTTPParseError) {
            while true {
                switch try decoder.decode(bytes, from: offset) {
                case .needMore(let next):
                    return next
                case .head(let head, let next):
                    call?.didReceive(head)
                    if call == nil { return nil }
                    offset = next
                case .bytes(let part, let next):
                    if deliver(bytes, part) == nil { return call == nil ? nil : part.lowerBound }
                    offset = next
                case .end(let next):
                    answerDidEnd(keeps: next == bytes.byteCount && decoder.keepsConnection)
                    return nil
                }
            }
        } catch {
            fail(.protocolViolation)
            return nil
        }
    }

    /// Shows one part of the body; nil when it was refused or the call is no more, else where it ends.
    private func deliver(_ bytes: RawSpan, _ part: Range<Int>) -> Int? {
        let flow = call?.didReceive(bytes.extracting(part))
        guard call != nil else { return nil }
        if flow == .pause {
            isPaused = true
            refused = part.count
            return nil
        }
        return part.upperBound
    }

    // MARK: Endings

    /// The last that is done here in its turn: the receiver may begin another call on this connection at once.
    private func answerDidEnd(keeps: Bool) {
        guard let call else { return }
        if keeps, sending == .done {
            self.call = nil
            isReused = true
            idleSince = transport.reactor.now
            transport.keep(self)
        } else {
            close()
        }
        call.didEnd(nil)
    }

    private func inputDidEnd(properly: Bool) {
        guard let call else { return }
        if properly, decoder.endsWithConnection {
            answerDidEnd(keeps: false)
        } else if isReused, !hasInput {
            // The provider closed it as the call was on its way: it has not served the call (RFC 9112 section 9.3.1).
            close()
            call.beginAgain()
        } else {
            fail(.truncated)
        }
    }

    private func fail(_ failure: TransportFailure) {
        guard let call else { return }
        close()
        call.didEnd(failure)
    }
}
