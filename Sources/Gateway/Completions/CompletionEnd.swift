import Upstreams

/// The terminal record of a log: how its completion ended. Nothing follows it.
enum CompletionEnd: Sendable {
    case completed
    /// What is there is not the whole answer.
    case failed(UpstreamError)
    /// The gateway itself ended it.
    case cancelled(Cause)

    enum Cause: String, Sendable {
        /// Nobody read it any more.
        case abandoned
        case shuttingDown = "shutting_down"
        /// Whoever wrote it has gone without a word.
        case writerLost = "writer_lost"
    }

    var isCompleted: Bool {
        if case .completed = self { true } else { false }
    }

    /// Whether the same request may well be answered if it is asked again.
    var isTransient: Bool {
        switch self {
        case .completed: false
        case .failed(let error): error.isTransient
        case .cancelled(let cause): cause != .shuttingDown
        }
    }
}
