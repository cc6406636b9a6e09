/// How long one call may take, in milliseconds.
package struct CallTimeouts: Sendable, Hashable {
    /// Until a connection stands, its TLS included; nil: as the transport has it, which must not have less.
    package var connect: Int?
    /// Until the first event with content of a stream.
    package var firstEvent: Int
    /// Between two events.
    package var idle: Int
    /// Until the end.
    package var total: Int

    package init(connect: Int? = nil, firstEvent: Int = 60_000, idle: Int = 60_000, total: Int = 600_000) {
        self.connect = connect
        self.firstEvent = firstEvent
        self.idle = idle
        self.total = total
    }

    /// The same for someone who waits no longer than `left` for the first event, or for an answer that is no stream.
    package func within(_ left: Int, isStream: Bool) -> CallTimeouts {
        var shorter = self
        if isStream { shorter.firstEvent = min(firstEvent, left) } else { shorter.total = min(total, left) }
        return shorter
    }
}
