/// What the shared store knows of a ticket: pending → answered.
final class TicketQuery {
    private(set) var isPending = true
    /// Nil: there is no such ticket, or nobody answers.
    private(set) var record: TicketRecord?

    func answer(_ record: TicketRecord?) {
        isPending = false
        self.record = record
    }
}
