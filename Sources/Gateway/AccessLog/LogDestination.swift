/// Where the lines of a log go.
enum LogDestination: Hashable, Sendable {
    case standardOutput
    case standardError
    /// Appended to; opened anew by `LogWriter.reopen()`, so that it may be rotated.
    case file(path: String)
}
