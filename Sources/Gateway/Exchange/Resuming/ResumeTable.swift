import Synchronization

/// The streams of the process that clients may come back to, by their ids.
final class ResumeTable: Sendable {
    private let tickets = Mutex<[LogID: ResumeTicket]>([:])

    func add(_ ticket: ResumeTicket) { tickets.withLock { $0[ticket.id] = ticket } }

    subscript(id: LogID) -> ResumeTicket? { tickets.withLock { $0[id] } }

    /// Takes the ticket out; false if it was out already.
    func remove(_ ticket: ResumeTicket) -> Bool { tickets.withLock { $0.removeValue(forKey: ticket.id) != nil } }
}
