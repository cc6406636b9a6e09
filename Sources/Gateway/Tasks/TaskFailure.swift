import Upstreams

/// Why a task has no result, in the words that clients are told.
struct TaskFailure: Hashable, Sendable {
    /// The HTTP status that goes with it.
    let status: Int
    let message: String
    let type: String
    let code: String?

    init(status: Int, message: String, type: String, code: String?) {
        self.status = status
        self.message = message
        self.type = type
        self.code = code
    }

    init?(_ record: JSONValue?) {
        guard let record, let message = record["message"]?.string, let type = record["type"]?.string else { return nil }
        let status = record["status"]?.int ?? 500
        self.init(
            status: 400...599 ~= status ? status : 500, message: message, type: type, code: record["code"]?.string)
    }

    /// The members of an error object.
    func write(to writer: inout JSONWriter) {
        OpenAIError(message: message, type: type, code: code).write(to: &writer)
    }

    /// As the last event of its task.
    var event: [UInt8] {
        var event = ByteBuffer()
        event.appendJSON { writer in
            writer.object { writer in
                writer.member("event", "error")
                writer.object("data") { data in data.object("error") { write(to: &$0) } }
            }
        }
        return event.copy()
    }

    static let cancelled = TaskFailure(
        status: 409, message: "The task was cancelled.", type: "conflict_error", code: "task_cancelled")

    static let interrupted = TaskFailure(
        status: 503, message: "The gateway was restarted while the task waited or ran; submit it again.",
        type: "service_unavailable_error", code: "task_interrupted")
}
