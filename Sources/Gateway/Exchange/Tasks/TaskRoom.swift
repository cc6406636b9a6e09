import Upstreams

/// One worker's way to where tasks live: in this process (`TaskDesk`), or in a store that replicas share
/// (`SharedTaskDesk`).
///
/// Belongs to the worker's loop and outlives reloads. Whatever it throws is what clients are told.
protocol TaskRoom: AnyObject {
    /// From now on tasks are run by this service.
    func open(for service: Service)

    /// Takes a task, which from then on is not lost: 429 where there are too many, 503 where it cannot be kept. What
    /// the order's grant holds is the task's from then on.
    func submit(_ order: TaskOrder) async throws(APIError) -> TaskSight

    /// The task of this id, in lower case; nil: nobody knows it (any more).
    func find(_ id: String) async throws(APIError) -> TaskSight?

    /// Stops a task. One that is over stays as it is.
    func cancel(_ task: TaskSight) async throws(APIError) -> TaskSight

    /// A cursor on its events from `offset` on, live until it is over.
    func read(_ task: TaskSight, from offset: Int, waking wakeup: Wakeup) throws(APIError) -> LogCursor

    /// The last event of a task that is over; nil: it is no longer kept.
    func lastEvent(of task: TaskSight) async throws(APIError) -> EventBatch?

    /// The newest tasks, for operators.
    func list() async throws(APIError) -> TaskListing

    /// Whether something of a task has to be done before the process ends.
    var isBusy: Bool { get }

    /// The process ends now: what runs here is given up.
    func shutDown()
}
