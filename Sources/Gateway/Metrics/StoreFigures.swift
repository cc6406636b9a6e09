import Policies

/// The numbers of the store of completions and counters at one moment.
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
    /// Gateways that count limits together, this one among them.
    var replicas = 1
    /// Requests whose limits were decided while the store did not answer, by the way of the limits.
    var limitsWithoutStore = StoreFigures.noLimits
    /// Changes of counters that were never told to the store, for want of room.
    var limitsForgotten = 0

    /// No request by any way.
    static let noLimits = Dictionary(uniqueKeysWithValues: StoreFailure.allCases.map { ($0, 0) })
    /// Completions that other replicas could not be told of, or not to the end, since the start.
    var unsharedCompletions = 0
}
