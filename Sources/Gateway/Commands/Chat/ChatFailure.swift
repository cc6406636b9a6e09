import Upstreams

/// Makes endings of what goes wrong.
enum ChatFailure {
    /// An error object, as all dialects have it before the first byte and most within a stream.
    static func ending(_ error: JSONValue, status: Int? = nil) -> ChatEnding {
        let text = error["message"]?.string ?? "an error without a message"
        let message = status.map { "HTTP \($0): \(text)" } ?? text
        let isTimeout = error["type"]?.isString("timeout_error") == true || status == 504 || status == 408
        return isTimeout ? .timeout(message) : .failed(message)
    }

    /// An answer whose status is not the one of success.
    static func ending(status: Int, body: [UInt8], _ parser: JSONParser) -> ChatEnding {
        if let error = unsafe try? parser.parse(body.span.bytes).root["error"], error.kind == .object {
            return ending(error, status: status)
        }
        let message = "HTTP \(status), without an error that a gateway would tell."
        return status == 504 || status == 408 ? .timeout(message) : .failed(message)
    }

    /// - Parameter began: an answer had begun to come.
    static func ending(_ failure: TransportFailure, at url: String, began: Bool) -> ChatEnding {
        switch failure {
        case .resolve: .failed("The host of \(url) has no address.")
        case .connect: .failed("There is no connection to \(url): refused or unreachable.")
        case .connectTimeout: .timeout("There was no connection to \(url) in time.")
        case .tls(certificate: true):
            .failed("The certificate of \(url) is not trusted; --ca-file names who signed it, --insecure asks nobody.")
        case .tls(certificate: false): .failed("The TLS handshake with \(url) failed.")
        case .truncated, .protocolViolation, .other:
            began
                ? .cut("the connection ended before the answer was whole")
                : .failed("What \(url) answered is no whole HTTP answer.")
        }
    }
}
