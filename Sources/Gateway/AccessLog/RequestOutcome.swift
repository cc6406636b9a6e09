/// How a request ended.
enum RequestOutcome: String, Sendable {
    /// The whole answer was written.
    case completed
    /// The client left before the end of its answer.
    case clientDisconnected = "client_disconnected"
    /// The request was refused: the client's error.
    case clientError = "client_error"
    /// The gateway failed or was full.
    case gatewayError = "gateway_error"
    /// An operator has ended it.
    case cancelled
    /// An upstream failed.
    case upstreamError = "upstream_error"
}
