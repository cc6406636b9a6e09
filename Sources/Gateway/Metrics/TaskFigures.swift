/// The numbers of tasks at one moment.
struct TaskFigures: Sendable {
    /// Tasks that wait for their turn, or are just being taken or ended.
    var waiting = 0
    var running = 0
    /// Tasks that are over, and whose results are kept.
    var kept = 0
    /// Memory of the events of all tasks.
    var bytes = 0

    func emit(into page: inout MetricSamples) {
        page.add(.tasks, ["waiting"], waiting)
        page.add(.tasks, ["running"], running)
        page.add(.tasks, ["kept"], kept)
        page.add(.taskBytes, bytes)
    }
}
