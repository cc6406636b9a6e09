/// What a worker is told about tasks.
enum TaskNotice: Sendable {
    /// A task that it runs is to stop.
    case cancel(TaskEntry)
    /// A record that it handed to the journal is written, or could not be.
    case recorded(Int, isWritten: Bool)
}
