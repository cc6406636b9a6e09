import Upstreams

/// One WebSocket on a client's connection: performs what its session says.
///
/// Holds the handler until the end and tells it of that exactly once. States: open → closing (we have said so, and wait
/// for the client's word) → closed. Only texts are taken: the first binary message closes with 1003.
final class WebSocket: UpgradedProtocol {
    private let connection: Connection
    private let pingMs: Int
    private var session: WebSocketSession
    private var handler: (any WebSocketHandler)?

    /// Milliseconds for the client to answer our close frame.
    private static let closeTimeout = 2000

    /// Answers a handshake, and so takes the connection over. Nil: the client has gone. The handler hears nothing before
    /// the next turn.
    static func open(
        _ handshake: WebSocketHandshake, _ response: ResponseWriter, handler: any WebSocketHandler,
        fields: (inout ByteBuffer) -> Void
    ) -> WebSocket? {
        response.upgrade(to: "websocket") { output in
            handshake.write(to: &output)
            fields(&output)
        } make: {
            WebSocket($0, handler)
        }
    }

    private init(_ connection: Connection, _ handler: any WebSocketHandler) {
        self.connection = connection
        self.handler = handler
        let bounds = connection.server.bounds
        pingMs = bounds.webSocketPingMs
        session = WebSocketSession(
            maxFrameBytes: bounds.maxWebSocketFrameBytes, maxMessageBytes: bounds.maxWebSocketMessageBytes)
    }

    // MARK: For the handler

    /// So much waits for the client that nothing more should be sent until `webSocketIsReady`.
    var isFull: Bool { connection.isOutputFull }

    /// Sends a text message; after the end, or once the socket is closing, nothing.
    func send(_ text: RawSpan) {
        guard handler != nil, session.state == .open else { return }
        session.send(text, &connection.output)
        connection.outputDidGrow()
    }

    /// Begins to close. The handler hears of the end when the client has answered, or does not in time.
    func close(_ code: WebSocketCloseCode, _ reason: String = "") {
        guard handler != nil, session.state == .open else { return }
        session.close(code, reason, &connection.output)
        connection.outputDidGrow()
    }

    // MARK: UpgradedProtocol

    var idleTimeoutMs: Int { session.state == .open ? pingMs : Self.closeTimeout }

    func didReceive(_ input: inout ByteBuffer) {
        while handler != nil {
            let before = connection.output.count
            let event = session.receive(&input, &connection.output)
            if connection.output.count > before { connection.outputDidGrow() }
            switch event {
            case .needMore: return
            case .text: receive()
            case .binary: close(.unsupportedData, "only texts are understood")
            case .closed(let code):
                connection.upgradedDidEnd()
                end(code)
            }
            if connection.isOutputFull { return }
        }
    }

    /// The handler may send while it looks at the message, so the session must not be in use then.
    private func receive() {
        let text = session.takeMessage()
        text.withBytes { handler?.webSocketDidReceive($0) }
        session.giveBack(text)
    }

    func didIdle() {
        let before = connection.output.count
        guard session.idle(&connection.output) else {
            let connection = connection
            end(.abnormal)
            return connection.abandon()
        }
        if connection.output.count > before { connection.outputDidGrow() }
    }

    func clientIsReady() { handler?.webSocketIsReady() }

    func clientLeft() { end(.abnormal) }

    func drain() { close(.goingAway, "the gateway is shutting down") }

    private func end(_ code: WebSocketCloseCode) {
        let handler = handler
        self.handler = nil
        handler?.webSocketDidClose(code)
    }
}
