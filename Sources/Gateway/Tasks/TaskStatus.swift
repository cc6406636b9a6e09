/// How a task stands (API page, task dialect). States: queued → running → completed, failed or cancelled; also queued →
/// failed or cancelled; each of the last three → expired.
enum TaskStatus: String, Sendable {
    case queued, running, completed, failed, cancelled
    /// It is over, and its result is no longer kept.
    case expired

    /// The older names. A client that knows no `expired` must not wait for it any more.
    var celeryName: StaticString {
        switch self {
        case .queued: "PENDING"
        case .running: "STARTED"
        case .completed: "SUCCESS"
        case .failed, .expired: "FAILURE"
        case .cancelled: "REVOKED"
        }
    }

    var isOver: Bool {
        switch self {
        case .queued, .running: false
        case .completed, .failed, .cancelled, .expired: true
        }
    }
}
