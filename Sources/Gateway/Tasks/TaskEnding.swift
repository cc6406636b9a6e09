/// How a task ended.
struct TaskEnding: Sendable {
    let status: TaskStatus
    /// Nil with a task that was completed.
    let failure: TaskFailure?
    /// The last of its events: `completed` or `error`.
    let event: [UInt8]

    static func completed(_ event: [UInt8]) -> TaskEnding {
        TaskEnding(status: .completed, failure: nil, event: event)
    }

    static func failed(_ failure: TaskFailure) -> TaskEnding {
        TaskEnding(status: .failed, failure: failure, event: failure.event)
    }

    static let cancelled = TaskEnding(
        status: .cancelled, failure: .cancelled, event: TaskFailure.cancelled.event)
}
