/// How long and how large a call to a provider may be, whatever the provider speaks.
package struct CallSettings: Sendable {
    /// Milliseconds until the first event with content of a stream.
    package var firstEventTimeout = 60_000
    /// Milliseconds between two events.
    package var idleTimeout = 60_000
    /// Milliseconds for the whole answer.
    package var totalTimeout = 600_000
    /// Calls on their way at once, over all workers.
    package var maxInFlight = 1000
    /// Bytes of one event of a stream.
    package var maxEventBytes = 2 << 20
    /// Bytes of an answer that is no stream.
    package var maxResponseBytes = 32 << 20
    /// The caller's own key goes to the provider (`"api_key": {"from": "client"}`).
    package var passesCallerKey = false
    /// The header that carries a key.
    package var keyHeader = KeyHeader.authorization

    package init() {}

    var timeouts: CallTimeouts {
        CallTimeouts(firstEvent: firstEventTimeout, idle: idleTimeout, total: totalTimeout)
    }
}
