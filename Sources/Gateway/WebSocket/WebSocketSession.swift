import Upstreams

/// The server's side of one WebSocket as a state machine: bytes in, what is to be done out (RFC 6455 sections 5 to 7).
///
/// Owns the reader; what it has to say goes into the output that it is given. Never touches a socket or a clock.
/// States: `open` → `closing` (our close frame is out; what still comes is dropped until the client's) → `closed`;
/// `open` → `closed` when the client's close frame came, and was answered, or the client broke the rules, and was told.
struct WebSocketSession: ~Copyable {
    enum State { case open, closing, closed }

    enum Event: Equatable {
        /// Nothing more to do until more comes.
        case needMore
        /// `takeMessage` has a text.
        case text
        /// A message that is no text.
        case binary
        /// Send what is in the output, then end the connection.
        case closed(WebSocketCloseCode)
    }

    private(set) var state = State.open
    private var reader: WebSocketReader
    private var awaitsPong = false

    init(maxFrameBytes: Int, maxMessageBytes: Int) {
        reader = WebSocketReader(maxFrameBytes: maxFrameBytes, maxMessageBytes: maxMessageBytes)
    }

    // MARK: Receiving

    /// Goes on with the front of `input`, as far as one event. Writes pongs and close frames into `output`.
    mutating func receive(_ input: inout ByteBuffer, _ output: inout ByteBuffer) -> Event {
        if !input.isEmpty { awaitsPong = false }
        while state != .closed {
            let step: WebSocketReader.Step
            do {
                step = try reader.next(&input)
            } catch {
                return fail(error, &output)
            }
            switch step {
            case .needMore: return .needMore
            case .text where state == .open: return .text
            case .binary where state == .open: return .binary
            case .ping where state == .open: reader.control.withBytes { output.appendFrame(.pong, $0) }
            case .close(let code): return answerClose(code, &output)
            case .text, .binary, .ping, .pong: break
            }
        }
        input.removeAll()
        return .needMore
    }

    /// The message that the last event told of; its memory comes back by `giveBack`.
    mutating func takeMessage() -> ByteBuffer { reader.takeMessage() }

    mutating func giveBack(_ message: consuming ByteBuffer) { reader.giveBack(message) }

    private mutating func answerClose(_ code: WebSocketCloseCode, _ output: inout ByteBuffer) -> Event {
        if state == .open { output.appendClose(code) }
        state = .closed
        return .closed(code)
    }

    private mutating func fail(_ fault: WebSocketFault, _ output: inout ByteBuffer) -> Event {
        if state == .open { output.appendClose(fault.code, fault.reason) }
        state = .closed
        return .closed(fault.code)
    }

    // MARK: Sending

    /// Sends a text message; nothing once the session is closing.
    mutating func send(_ text: RawSpan, _ output: inout ByteBuffer) {
        guard state == .open else { return }
        output.appendFrame(.text, text)
    }

    /// Begins to close; a second time does nothing.
    mutating func close(_ code: WebSocketCloseCode, _ reason: String, _ output: inout ByteBuffer) {
        guard state == .open else { return }
        output.appendClose(code, reason)
        state = .closing
    }

    /// Nothing has come or gone for long: pings the client. False: it did not even answer the last ping, or our close
    /// frame, and is given up.
    mutating func idle(_ output: inout ByteBuffer) -> Bool {
        guard state == .open, !awaitsPong else {
            state = .closed
            return false
        }
        awaitsPong = true
        ByteBuffer().withBytes { output.appendFrame(.ping, $0) }
        return true
    }
}
