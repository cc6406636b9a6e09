/// Why a provider did not give a whole answer.
///
/// `cause` tells what happened (a closed set, a label in metrics and logs); `answer` holds what the provider itself
/// said, where it said something. What the client is told is decided by the dialect, from these two.
package struct UpstreamError: Error, Sendable {
    package enum Cause: String, Sendable, CaseIterable {
        /// No connection: the name has no address, or the connection was refused.
        case connect
        case connectTimeout = "connect_timeout"
        /// The TLS handshake failed or the provider's certificate is not accepted.
        case tls
        /// No event within `first_event_ms`.
        case firstEventTimeout = "first_event_timeout"
        /// No event for `idle_ms` after the last one.
        case idleTimeout = "idle_timeout"
        /// The answer took longer than `total_ms`.
        case totalTimeout = "total_timeout"
        /// The answer ended before it was whole.
        case truncated
        /// An event or a body that is not what it has to be.
        case malformed
        /// An event or a body above its bound.
        case oversized
        /// An error event in the stream.
        case inBand = "in_band"
        /// A status of 300 or above; see `answer`.
        case status
        /// The provider refuses the gateway's own credentials (401, 403).
        case authentication
        /// As many calls are on their way to this provider as are allowed.
        case overloaded
        /// No provider could be asked: all are left alone for now, after failures or since they asked for it.
        case unavailable
    }

    package let cause: Cause
    /// One sentence for people, without keys and internal addresses.
    package let message: String
    /// The provider's own answer: with `status` its head and body, with `inBand` the event.
    package let answer: Answer?
    /// Milliseconds after which it is worth asking again; nil: nobody knows.
    package let retryAfter: Int?

    package struct Answer: Sendable {
        package let head: AnswerHead
        package let body: [UInt8]

        package init(head: AnswerHead, body: [UInt8]) {
            self.head = head
            self.body = body
        }
    }

    /// Whether another attempt may succeed where this one did not: not when the provider understood the request and
    /// refused it.
    package var isTransient: Bool {
        switch cause {
        case .connect, .connectTimeout, .tls, .firstEventTimeout, .idleTimeout, .totalTimeout, .truncated, .malformed,
            .oversized, .inBand, .overloaded, .unavailable:
            true
        case .authentication:
            false
        case .status:
            answer.map { $0.head.status >= 500 || [408, 409, 425, 429].contains($0.head.status) } ?? true
        }
    }

    package init(_ cause: Cause, _ message: String, answer: Answer? = nil, retryAfter: Int? = nil) {
        self.cause = cause
        self.message = message
        self.answer = answer
        self.retryAfter = retryAfter ?? answer?.head.retryAfter
    }
}

extension UpstreamError {
    init(_ failure: TransportFailure, _ stage: Stage) {
        switch failure {
        case .resolve: self.init(.connect, "The provider's host name could not be resolved.")
        case .connect: self.init(.connect, "The provider could not be reached.")
        case .connectTimeout: self.init(.connectTimeout, "The provider did not accept a connection in time.")
        case .tls(certificate: true): self.init(.tls, "The provider's certificate is not accepted.")
        case .tls(certificate: false): self.init(.tls, "The TLS handshake with the provider failed.")
        case .truncated: self.init(.truncated, stage.truncation)
        case .protocolViolation: self.init(.malformed, "The provider's answer is not valid HTTP.")
        case .other(let number): self.init(.truncated, "The call to the provider failed (libcurl \(number)).")
        }
    }

    /// How far an answer had come.
    enum Stage {
        case head, body

        var truncation: String {
            switch self {
            case .head: "The provider closed the connection before it answered."
            case .body: "The provider's answer ended before it was complete."
            }
        }
    }
}

extension UpstreamError {
    /// The provider answered with a status that is no success. 401 and 403 are the gateway's own fault, unless the
    /// key was the caller's.
    init(status: Int, answer: Answer, ownCredentials: Bool) {
        switch status {
        case 401 where ownCredentials, 403 where ownCredentials:
            self.init(.authentication, "The provider refuses the gateway's credentials.")
        case 300..<400:
            self.init(.malformed, "The provider answered with a redirect, which is not followed.")
        default:
            self.init(.status, "The provider answered with status \(status).", answer: answer)
        }
    }
}
