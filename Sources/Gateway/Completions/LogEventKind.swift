/// What an event is to a reader that may not hand on all of them.
enum LogEventKind: UInt8, Sendable {
    case ordinary
    /// Carries usage and nothing else, as the last event of a stream that asked for it does.
    case usageOnly
}
