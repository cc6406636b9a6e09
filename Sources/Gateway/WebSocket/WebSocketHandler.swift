import Upstreams

/// Who talks over a WebSocket, as the socket sees it. Everything is called on the loop's thread.
protocol WebSocketHandler: AnyObject {
    /// A whole message, which is UTF-8.
    func webSocketDidReceive(_ text: RawSpan)
    /// The client takes bytes again, after `WebSocket.isFull`.
    func webSocketIsReady()
    /// Comes once and last; nothing can be sent any more.
    func webSocketDidClose(_ code: WebSocketCloseCode)
}
