/// Why a WebSocket ends (RFC 6455 section 7.4).
struct WebSocketCloseCode: Hashable, Sendable {
    let rawValue: UInt16

    init(_ rawValue: UInt16) { self.rawValue = rawValue }

    static let normal = Self(1000)
    static let goingAway = Self(1001)
    static let protocolError = Self(1002)
    static let unsupportedData = Self(1003)
    /// Never in a frame: a close frame came without a code.
    static let noStatus = Self(1005)
    /// Never in a frame: the connection ended without a close frame.
    static let abnormal = Self(1006)
    static let invalidPayload = Self(1007)
    static let policyViolation = Self(1008)
    static let messageTooBig = Self(1009)
    static let internalError = Self(1011)
    static let tryAgainLater = Self(1013)

    /// Whether a close frame may hold it: those that the standard and its registry define, and the ranges for libraries
    /// and applications (RFC 6455 sections 7.4.1 and 7.4.2).
    var isAllowedInFrame: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
