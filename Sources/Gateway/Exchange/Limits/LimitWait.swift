import Policies
import Upstreams

/// A request that waits for a place, until `answer` is there or nobody wants it any more.
///
/// States: waiting → answered, by a place, a refusal or the deadline; or either → left.
final class LimitWait {
    enum Answer {
        case admitted(Admission)
        case refused(LimitRefusal)
    }

    private(set) var answer: Answer?
    private let ticket: LimitTicket
    private unowned let desk: LimitDesk
    private let wakeup: Wakeup
    private var timer: (any ReactorTimer)?

    init(_ ticket: LimitTicket, at desk: LimitDesk, waking wakeup: Wakeup) {
        self.ticket = ticket
        self.desk = desk
        self.wakeup = wakeup
        timer = desk.loop.timer { [unowned self] in self.desk.expire(self.ticket) }
        let rest = ticket.deadline - Int(desk.loop.now.nanoseconds)
        timer?.arm(milliseconds: max(0, rest + 999_999) / 1_000_000)
    }

    /// What metrics count while it waits.
    var decision: LimitDecision { ticket.decision }

    /// The client has gone. A place that was given at the same moment goes back.
    func leave() {
        timer = nil
        desk.leave(ticket)
        if case .admitted(let admission) = answer { admission.refund(.everything) }
        answer = nil
    }

    func resolve(_ answer: Answer) {
        timer = nil
        self.answer = answer
        wakeup.wake()
    }
}
