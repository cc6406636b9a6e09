/// What is told to a worker about a log.
enum LogNotice: Sendable {
    /// There is something new in it for your readers.
    case news(SharedLog)
    /// The last reader of a log that you write has left.
    case abandoned(SharedLog)
}
