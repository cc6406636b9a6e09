import Policies
import Upstreams

/// One worker's side of the streams that clients may come back to: hands out tickets and takes back those that nobody
/// has used for the grace period.
final class ResumeDesk {
    let table: ResumeTable
    private let logs: LogDesk
    private var timers: [ObjectIdentifier: any ReactorTimer] = [:]

    init(table: ResumeTable, logs: LogDesk) {
        self.table = table
        self.logs = logs
    }

    /// A ticket for the first reader of a stream; nil if its log is closing.
    ///
    /// - Parameter grace: milliseconds for which the client may come back to another replica when this one is gone.
    func issue(_ log: SharedLog, _ facts: RequestFacts, _ form: AnswerForm, grace: Int) -> ResumeTicket? {
        guard log.join(at: 0, nil) else { return nil }
        let ticket = ResumeTicket(log, facts, form)
        table.add(ticket)
        logs.replicas?.hold(ticket, at: LogAddress(log.id, log.terms), grace: grace)
        return ticket
    }

    /// Takes over a ticket that another replica gave out, and follows its log; nil: that cannot be read.
    func adopt(_ record: TicketRecord, _ id: LogID, grace: Int, maxBytes: Int) -> ResumeTicket? {
        guard let replicas = logs.replicas else { return nil }
        // Another connection of the client may have been here first.
        if let known = table[id] { return known }
        let log = replicas.following(record.address) {
            logs.makeLog(
                id: record.address.id, isStream: true, whenAbandoned: .cancel, terms: nil, maxBytes: maxBytes)
        }
        guard log.join(at: 0, nil) else { return nil }
        let ticket = ResumeTicket(id: id, log, record.facts, record.form, readers: 0)
        table.add(ticket)
        replicas.hold(ticket, at: record.address, grace: grace)
        return ticket
    }

    /// A reader has left: from now on the client has `grace` milliseconds to come back.
    func suspend(_ ticket: ResumeTicket, grace: Int) {
        guard let departure = ticket.leave() else { return }
        let key = ObjectIdentifier(ticket)
        timers[key] = logs.loop.timer { [unowned self] in
            timers[key] = nil
            guard ticket.isForsaken(since: departure), table.remove(ticket) else { return }
            logs.leave(ticket.log, nil)
        }
        timers[key]?.arm(milliseconds: grace)
    }
}
