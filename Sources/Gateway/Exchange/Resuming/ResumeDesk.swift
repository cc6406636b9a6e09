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
    func issue(_ log: SharedLog, _ facts: RequestFacts, _ form: AnswerForm) -> ResumeTicket? {
        guard log.join(at: 0, nil) else { return nil }
        let ticket = ResumeTicket(log, facts, form)
        table.add(ticket)
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
