/// The numbers of the store of completions at one moment.
struct StoreFigures: Sendable {
    /// Logs that can be found, finished or being written.
    var logs = 0
    /// Memory of all logs, also of those that only their readers know.
    var bytes = 0
    /// Logs given up for want of room since the start.
    var evictions = 0
    /// Servers of the shared store that some worker finds unavailable.
    var failingServers = 0
    /// How often a server of the shared store became unavailable or came back.
    var serverChanges = 0
    /// Requests whose limits were decided while the store did not answer, by the way of the limits.
    var limitsWithoutStore: [String: Int] = [:]
}
