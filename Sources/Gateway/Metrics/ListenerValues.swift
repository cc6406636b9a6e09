/// What is counted for the connections of one listener.
struct ListenerValues: MetricValues {
    /// Connections open now.
    var open = 0
    var accepted = 0
    /// Connections closed at once since a bound was met.
    var refused = 0
    var handshakesFull = 0
    var handshakesResumed = 0
    var handshakesFailed = 0
    /// Bytes of HTTP, as they are inside TLS.
    var bytesReceived = 0
    var bytesSent = 0

    func emit(_ key: ListenerKey, into page: inout MetricSamples) {
        page.add(.connections, [key.name], open)
        page.add(.connectionsAccepted, [key.name], accepted)
        page.add(.connectionsRefused, [key.name], refused)
        page.add(.tlsHandshakes, [key.name, "full"], handshakesFull)
        page.add(.tlsHandshakes, [key.name, "resumed"], handshakesResumed)
        page.add(.tlsHandshakes, [key.name, "failed"], handshakesFailed)
        page.add(.clientReceivedBytes, [key.name], bytesReceived)
        page.add(.clientSentBytes, [key.name], bytesSent)
    }
}
