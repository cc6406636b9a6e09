/// What a client did that ends its WebSocket: the code for the close frame, and a reason in a few words.
struct WebSocketFault: Error, Equatable {
    let code: WebSocketCloseCode
    /// At most 123 bytes, so that a close frame holds it.
    let reason: String

    init(_ code: WebSocketCloseCode, _ reason: String) {
        precondition(reason.utf8.count <= 123, "a reason that no close frame holds")
        self.code = code
        self.reason = reason
    }

    static func violation(_ reason: String) -> WebSocketFault { WebSocketFault(.protocolError, reason) }
}
