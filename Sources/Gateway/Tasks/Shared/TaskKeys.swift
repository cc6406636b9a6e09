/// The names of what replicas share of tasks, with the store's prefix in front.
///
/// One script changes several of them in one step, so all lie in one slot of a cluster.
struct TaskKeys: Sendable {
    /// What all of the names begin with.
    let prefix: String

    /// - Parameter prefix: the store's.
    init(prefix: String) { self.prefix = "\(prefix){tasks}:" }

    /// The tasks that wait or run: a stream with one entry each, field `id`, read by the group `TaskScripts.group`.
    var queue: String { "\(prefix)queue" }

    /// Unfinished tasks: a hash, `all` and by owners' shares; and `bytes` of the events that are kept.
    var counts: String { "\(prefix)counts" }

    /// Tasks that are over and whose events are kept, `BYTES:ID` by the time of their end: a sorted set.
    var kept: String { "\(prefix)kept" }

    /// What replicas tell each other: a stream with the fields `look` or `cancel`.
    var bell: String { "\(prefix)bell" }

    /// The newest tasks, by the time of their coming: a sorted set.
    var index: String { "\(prefix)index" }

    /// One task: a hash.
    func task(_ id: String) -> String { "\(prefix)task:\(id)" }

    /// Its events: a stream of `LogRecord`.
    func log(_ id: String) -> String { "\(prefix)log:\(id)" }
}
