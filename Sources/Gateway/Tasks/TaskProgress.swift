import Upstreams

/// How far a task has come, as its upstream last told.
struct TaskProgress: Hashable, Sendable {
    var stage: String?
    var iteration: Int?
    var maxIterations: Int?

    init() {}

    /// From the `data` of a `stage` event, or of a record.
    init(_ data: JSONValue?) {
        stage = data?["stage"]?.string
        iteration = data?["iteration"]?.int
        maxIterations = data?["max_iterations"]?.int
    }

    func write(to writer: inout JSONWriter) {
        writer.member("stage", stage)
        writer.member("iteration", iteration)
        writer.member("max_iterations", maxIterations)
    }
}
