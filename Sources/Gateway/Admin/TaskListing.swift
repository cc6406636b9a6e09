import Upstreams

/// The tasks that operators are told of (`GET /admin/tasks`).
struct TaskListing {
    /// How many are known, those over and expired among them.
    let total: Int
    /// The newest of them, newest first.
    let newest: [TaskEntry]

    /// Most tasks that are told.
    static let limit = 200

    func write(to writer: inout JSONWriter) {
        writer.member("object", "list")
        writer.member("total", total)
        writer.array("data") { list in
            for entry in newest { list.object { write(entry, to: &$0) } }
        }
    }

    private func write(_ entry: TaskEntry, to writer: inout JSONWriter) {
        let snapshot = entry.snapshot
        writer.member("task_id", entry.id)
        writer.member("status", snapshot.status.rawValue)
        writer.member("model", entry.model)
        writer.member("user", entry.owner.user)
        writer.member("team", entry.owner.team)
        writer.member("key", entry.owner.keyID)
        writer.member("link", entry.isLink)
        writer.member("created", entry.created)
        writer.member("updated", snapshot.updated)
        writer.object("progress") { snapshot.progress.write(to: &$0) }
        if let failure = snapshot.failure {
            writer.object("error") { failure.write(to: &$0) }
        } else {
            writer.member("error", String?.none)
        }
    }
}
