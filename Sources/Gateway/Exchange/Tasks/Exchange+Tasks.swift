import Policies
import Upstreams

extension Exchange {
    /// The task that the path names, if the caller may look at it; to everybody else it is not there.
    func task() async throws(APIError) -> TaskSight {
        guard let route = Route.find(connection.head), let id = route.taskID(connection.head)?.lowercased(),
            TaskID.isOne(id), let task = try await service.tasks.find(id),
            keyRefusal == nil && task.owner.isAlsoOwned(by: TaskOwner(identity)) || route.opensTasks && isOpen(task)
        else { throw refuseForKey() ?? .unknownTask }
        return task
    }

    /// Whether a task may be looked at without a key: its id is the secret.
    private func isOpen(_ task: TaskSight) -> Bool { runtime.configuration.tasks.publicLinks ?? task.isLink }

    /// The gateway's address for links, without a slash at its end: the configured one, or the one that the client has
    /// asked; empty if it named none.
    var publicURL: String {
        if let url = runtime.configuration.publicURL { return url }
        let head = connection.head
        guard !head.host.isEmpty else { return "" }
        return "\(connection.isSecure ? "https" : "http")://\(head.string(in: head.host))"
    }
}

/// Answers about one task that do not wait for it.
struct TaskAnswers {
    let exchange: Exchange

    /// `GET /v1/status/{id}`
    func status() async throws(APIError) -> ByteBuffer { body(try await exchange.task()) }

    /// `DELETE /v1/tasks/{id}`: cancels it, unless it is over; then nothing changes.
    func cancel() async throws(APIError) -> ByteBuffer {
        body(try await exchange.service.tasks.cancel(exchange.task()))
    }

    private func body(_ task: TaskSight) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { writer in
            writer.object { writer in
                writer.member("task_id", task.id)
                writer.member("status", task.status.rawValue)
                writer.member("celery_status", task.status.celeryName)
                writer.member("model", task.model)
                task.writeStanding(to: &writer)
            }
        }
        return body
    }
}

extension Route {
    /// Whether what it tells of a task may be open to those without a key.
    var opensTasks: Bool { self == .taskStatus || self == .taskResults }
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
