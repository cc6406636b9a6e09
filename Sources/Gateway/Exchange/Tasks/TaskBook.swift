import Upstreams

/// Where one run of a task writes what comes of it.
///
/// States: open → ended. Belongs to the worker that runs the task.
protocol TaskBook: AnyObject {
    func append(_ event: RawSpan)
    func note(_ progress: TaskProgress)
    /// Writes the end with its last event. `done` hears how it ended in truth, once it is kept and others can see it: a
    /// task that somebody has cancelled before ends as cancelled.
    func end(_ proposed: TaskEnding, done: @escaping (TaskEnding) -> Void)
}
