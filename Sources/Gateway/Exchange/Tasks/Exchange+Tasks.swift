import Policies
import Upstreams

extension Exchange {
    /// Whether a request may look at a task without a key: its id is the secret.
    func opensTaskByItsID(_ head: RequestHead, _ route: Route) -> Bool {
        guard route == .taskStatus || route == .taskResults, let id = route.taskID(head),
            let entry = service.shared.tasks[id.lowercased()]
        else { return false }
        return runtime.configuration.tasks.publicLinks ?? entry.isLink
    }

    /// The task that the path names, if the caller may look at it; to everybody else it is not there.
    func task() throws(APIError) -> TaskEntry {
        let route = Route.find(connection.head)
        service.shared.tasks.sweep(TaskTable.Limits(runtime.configuration.tasks), now: WallClock.seconds)
        guard let route, let id = route.taskID(connection.head), let entry = service.shared.tasks[id.lowercased()],
            entry.owner.isAlsoOwned(by: TaskOwner(identity)) || opensTaskByItsID(connection.head, route)
        else { throw .unknownTask }
        return entry
    }

    /// The gateway's address for links, without a slash at its end: the configured one, or the one that the client has
    /// asked; empty if it named none.
    var publicURL: String {
        if let url = runtime.configuration.publicURL { return url }
        let head = connection.head
        guard !head.host.isEmpty else { return "" }
        return "\(connection.isSecure ? "https" : "http")://\(head.string(in: head.host))"
    }
}

/// Answers about one task that need no waiting.
struct TaskAnswers {
    let exchange: Exchange

    /// `GET /v1/status/{id}`
    func status() throws(APIError) -> ByteBuffer {
        let entry = try exchange.task()
        return body(entry, entry.snapshot)
    }

    /// `DELETE /v1/tasks/{id}`: cancels it, unless it is over; then nothing changes.
    func cancel() throws(APIError) -> ByteBuffer {
        let entry = try exchange.task()
        _ = exchange.service.tasks.cancel(entry)
        return body(entry, entry.snapshot)
    }

    private func body(_ entry: TaskEntry, _ snapshot: TaskEntry.Snapshot) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { writer in
            writer.object { writer in
                writer.member("task_id", entry.id)
                writer.member("status", snapshot.status.rawValue)
                writer.member("celery_status", snapshot.status.celeryName)
                writer.member("model", entry.model)
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
        return body
    }
}

extension APIError {
    init(_ failure: TaskFailure) {
        self.init(HTTPStatus(failure.status), type: failure.type, code: failure.code, failure.message)
        source = failure.status == 409 ? .client : failure.status >= 500 ? .upstream : .client
    }

    static let unknownTask = APIError(
        .notFound, code: "task_not_found",
        "There is no such task, or it is no longer known, or it belongs to someone else.")

    static let resultExpired = APIError(
        .notFound, code: "task_expired", "The result of this task is no longer kept.")

    static let eventsForgotten = APIError(
        .notFound, code: "events_not_kept",
        "The events of this task are no longer kept from there on; ask for its result with 'Accept: application/json'.")

    static func taskNotOver(_ status: TaskStatus) -> APIError {
        APIError(
            .conflict, type: "conflict_error", code: "task_not_finished",
            "The task is \(status.rawValue): it has no result yet. Ask for its status, or follow its events.")
    }
}
