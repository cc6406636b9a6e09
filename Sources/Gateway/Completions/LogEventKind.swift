import Upstreams

/// What an event is to a reader that may not hand on all of them.
enum LogEventKind: UInt8, Sendable {
    case ordinary
    /// Carries usage and nothing else, as the last event of a stream that asked for it does.
    case usageOnly
    /// Tells how the work goes on, `{"event": …, "data": …}`, to readers of a task. It is no event of the answer.
    case progress

    init(_ facts: ChatChunkFacts) {
        if facts.isProgress {
            self = .progress
        } else {
            self = facts.choices == 0 && facts.usage != nil ? .usageOnly : .ordinary
        }
    }
}
