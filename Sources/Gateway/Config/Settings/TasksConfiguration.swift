/// Completions that go on without the client that asked for them (API page, task dialect).
package struct TasksConfiguration: Sendable {
    /// Seconds for which a result is kept. Default a day.
    package let retentionSeconds: Int
    /// Tasks that run at one time in this process. Default 16.
    package let maxRunning: Int
    /// Tasks that wait for their turn. Default 1,000.
    package let maxQueued: Int
    /// Unfinished tasks of one user. Default 100.
    package let maxPerUser: Int
    /// Bytes of all finished results together. Default 256 MiB.
    package let maxBytes: Int
    /// Absolute path of the file that keeps tasks over a restart; nil (default): they are in memory alone.
    package let journal: String?
    /// What becomes of a task that was being made when the process ended. Default `fail`.
    package let interrupted: Interrupted
    /// Whether a task's id alone opens its events; nil (default): those of tasks that were delivered as a link.
    package let publicLinks: Bool?

    /// What a journal has for tasks that had begun.
    package enum Interrupted: String, Sendable, CaseIterable {
        /// They are failed: what they have spent is spent.
        case fail
        /// They are begun anew.
        case rerun
    }

    package init(_ r: ConfigReader) {
        retentionSeconds = r.value(
            "retention_seconds", .int(in: 1...31_536_000, unit: .seconds), default: 86_400,
            doc: "How long a result is kept; for as long again its status is `expired`.")
        maxRunning = r.int(
            "max_running", default: 16, in: 1...100_000, doc: "Tasks that run at one time, in each replica.")
        maxQueued = r.int(
            "max_queued", default: 1000, in: 0...1_000_000,
            doc: "Tasks that wait for their turn, in all replicas together; further ones are refused.")
        maxPerUser = r.int(
            "max_per_user", default: 100, in: 1...1_000_000,
            doc: "Tasks of one user that run or wait; further ones are refused.")
        maxBytes = r.int(
            "max_bytes", default: 268_435_456, in: 1_048_576...1_099_511_627_776, unit: .bytes,
            doc: "All finished results together, in memory or in the shared store; beyond it the oldest expire early.")
        journal = r.optional(
            "journal", .outputFile, example: .string("data/tasks.journal"),
            doc: "File that keeps tasks and their results over a restart; without it they are in memory alone. Holds"
                + " requests and answers in the clear, readable by its owner only. Not with a store in Redis, which"
                + " keeps them then.")
        interrupted = r.value(
            "interrupted", .choice(.fail), default: .fail,
            doc: "With a journal, what becomes of tasks that were being made when the process ended: `fail`, since what"
                + " they have spent is spent, or `rerun`: they are begun anew. Those that still waited are run in any"
                + " case.")
        publicLinks = r.optional(
            "public_links", .bool, example: .bool(true),
            doc: "Whether whoever knows a task's id may read it without a key. Without it that holds for models with"
                + " `\"deliver\": \"link\"` only.")
    }
}
