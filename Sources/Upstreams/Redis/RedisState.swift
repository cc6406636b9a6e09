/// Whether commands can be served.
package enum RedisState: Equatable, Sendable {
    /// Not known yet: commands wait, as long as their timeouts let them.
    case connecting
    case ready
    /// The breaker is open: commands fail at once.
    case unavailable(since: MonotonicTime, RedisError)
}

/// Someone who is told when a server's state changes: once per change, never per command. The server is told by its address,
/// or by the name of the master that Sentinels watch, whichever server that is.
package typealias RedisObserver = (_ server: String, RedisState) -> Void
