import Upstreams

/// The tasks that operators are told of (`GET /admin/tasks`).
struct TaskListing {
    /// How many are known, those over and expired among them.
    let total: Int
    /// The newest of them, newest first.
    let newest: [TaskSight]

    /// Most tasks that are told.
    static let limit = 200

    func write(to writer: inout JSONWriter) {
        writer.member("object", "list")
        writer.member("total", total)
        writer.array("data") { list in
            for task in newest { list.object { write(task, to: &$0) } }
        }
    }

    private func write(_ task: TaskSight, to writer: inout JSONWriter) {
        writer.member("task_id", task.id)
        writer.member("status", task.status.rawValue)
        writer.member("model", task.model)
        writer.member("user", task.owner.user)
        writer.member("team", task.owner.team)
        writer.member("key", task.owner.keyID)
        writer.member("link", task.isLink)
        task.writeStanding(to: &writer)
    }
}
