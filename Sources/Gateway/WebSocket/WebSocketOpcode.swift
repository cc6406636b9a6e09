/// What a frame carries (RFC 6455 section 5.2). All other numbers are reserved.
enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10

    /// Control frames come between the fragments of a message, whole and short (RFC 6455 section 5.5).
    var isControl: Bool { rawValue >= 8 }
}
