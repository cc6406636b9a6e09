import Upstreams

/// The book of a task that the store has ended already, before it was run: there is nothing to write.
final class EndedTaskBook: TaskBook {
    func append(_ event: RawSpan) {}

    func note(_ progress: TaskProgress) {}

    func end(_ proposed: TaskEnding, done: @escaping (TaskEnding) -> Void) { done(proposed) }
}
