import Upstreams

/// What a client is told of a task that was taken (API page, OpenAI dialect).
struct TaskTicket {
    let model: String
    private let id: String
    private let created: Int
    private let base: String

    /// - Parameter base: the gateway's address, without a slash at its end; empty if nobody knows it.
    init(_ task: TaskSight, base: String) {
        id = task.id
        model = task.model
        created = task.created
        self.base = base
    }

    var statusURL: String { "\(base)/v1/status/\(id)" }
    var pageURL: String { "\(base)/results/\(id)" }
    var time: Int { created }

    /// The members of an object.
    func write(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("object", "task")
        writer.member("status", TaskStatus.queued.rawValue)
        writer.member("model", model)
        writer.member("created", created)
        writer.member("status_url", statusURL)
        writer.member("results_url", "\(base)/v1/results/\(id)")
        writer.member("page_url", pageURL)
    }
}
