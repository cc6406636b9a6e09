/// How far a request had come when its client left.
enum RequestPhase: Int, CaseIterable, Sendable {
    /// Its head or body was still being read.
    case reading
    /// It waited for a place (limits, concurrency).
    case queued
    /// A connection to the upstream was being made.
    case connecting
    /// The upstream had the request and had not yet answered.
    case waiting
    /// The answer was under way.
    case responding

    var label: String {
        switch self {
        case .reading: "reading"
        case .queued: "queued"
        case .connecting: "connecting"
        case .waiting: "waiting"
        case .responding: "responding"
        }
    }
}
