/// What the writing thread is told to do, in the order in which it was told.
enum LogItem: Sendable {
    case write(LogBatch)
    /// Open the files anew.
    case reopen
}
