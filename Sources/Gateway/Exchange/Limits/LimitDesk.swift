import Policies
import Upstreams

/// One worker's side of the limits that this process counts by itself: what its requests hold and what they wait for.
///
/// Renews the leases of requests under way a few times per lease, all in one go, and hands places that came free to the
/// requests that wait for them. Belongs to the worker's loop and outlives reloads.
final class LimitDesk: LimitKeeper {
    let table: LimitTable
    let loop: EventLoop
    let owner: Int
    private var leases: [Int: LimitGrant] = [:]
    private var waits: [LimitTicket: LimitWait] = [:]
    private var timer: (any ReactorTimer)?
    private var isTimerArmed = false
    private var interval = LimitDesk.longestInterval

    /// Milliseconds between two renewals at most.
    private static let longestInterval = 20_000

    /// Must be made on the loop's thread.
    init(table: LimitTable, loop: EventLoop, owner: Int) {
        self.table = table
        self.loop = loop
        self.owner = owner
        timer = loop.timer { [unowned self] in renew() }
        table.register(Mailbox(loop: loop) { [unowned self] in resolve($0) }, owner: owner)
    }

    var now: LimitMoment { LimitMoment(loop) }

    func admit(_ request: LimitRequest, waking wakeup: Wakeup) -> Limiter.Answer {
        switch table.admit(request, at: now) {
        case .admitted(let grant): .admitted(Admission(grant, at: self))
        case .refused(let refusal): .refused(refusal)
        case .waiting(let ticket): .waiting(wait(ticket) { wakeup.wake() })
        }
    }

    func reconcile(_ grant: LimitGrant, _ use: TokenUse) {
        table.change { [now] in $0.reconcile(grant, use, at: now) }
    }

    func end(_ grant: LimitGrant, _ use: TokenUse) {
        leases[grant.id] = nil
        table.change { [now] in $0.end(grant, use, at: now) }
    }

    func refund(_ grant: LimitGrant, _ refund: LimitLedger.Refund) {
        table.change { [now] in $0.refund(grant, refund, at: now) }
    }

    func restore(_ make: (_ id: Int) -> LimitGrant) -> Admission? { nil }

    func explain(_ request: LimitRequest, _ done: @escaping (LimitExplanation) -> Void) {
        done(table.change { [now] in $0.explain(request, at: now) })
    }

    func used(of budgets: [LimitRule], subject: String, _ done: @escaping ([Int?]) -> Void) {
        done(table.change { [now] ledger in budgets.map { ledger.used(of: $0, subject: subject, at: now) } })
    }

    // MARK: Leases

    func hold(_ grant: LimitGrant) {
        guard let lease = grant.lease else { return }
        leases[grant.id] = grant
        arm(lease: lease)
    }

    func release(_ grant: LimitGrant) {
        leases[grant.id] = nil
        guard grant.lease != nil else { return }
        table.change { [now] in $0.release(grant, at: now) }
    }

    /// Three renewals fit into a lease, so that one that comes late loses nothing.
    private func arm(lease: Int) {
        let wanted = min(Self.longestInterval, max(1, lease / 3_000_000))
        guard !isTimerArmed || wanted < interval else { return }
        interval = wanted
        isTimerArmed = true
        timer?.arm(milliseconds: interval)
    }

    private func renew() {
        isTimerArmed = false
        guard !leases.isEmpty || !waits.isEmpty else { return }
        let grants = Array(leases.values)
        table.change { [now] ledger in
            for grant in grants { ledger.renew(grant, at: now) }
            ledger.promoteAll(at: now)
        }
        isTimerArmed = true
        timer?.arm(milliseconds: interval)
    }

    // MARK: Waiting

    /// A request that stands in the line of its ticket; `notify` as in `LimitWait`.
    func wait(_ ticket: LimitTicket, notify: @escaping () -> Void) -> LimitWait {
        let wait = LimitWait(on: loop, notify: notify)
        wait.queue(
            ticket.decision, until: ticket.deadline, didExpire: { [unowned self] in expire(ticket) },
            didLeave: { [unowned self] in leave(ticket) })
        waits[ticket] = wait
        arm(lease: Self.longestInterval * 3_000_000)
        return wait
    }

    /// Nobody wants the place any more.
    private func leave(_ ticket: LimitTicket) {
        guard waits.removeValue(forKey: ticket) != nil else { return }
        table.change { [now] in $0.cancel(ticket, at: now) }
    }

    private func expire(_ ticket: LimitTicket) {
        // Nil: a place was given in the meantime, and its message is on the way.
        guard let refusal = table.change({ [now] in $0.expire(ticket, at: now) }) else { return }
        waits.removeValue(forKey: ticket)?.resolve(.refused(refusal))
    }

    private func resolve(_ resolution: LimitResolution) {
        let wait = waits.removeValue(forKey: resolution.ticket)
        switch resolution.outcome {
        case .admitted(let grant):
            let admission = Admission(grant, at: self)
            if let wait { wait.resolve(.admitted(admission)) } else { admission.refund(.everything) }
        case .refused(let refusal): wait?.resolve(.refused(refusal))
        case .waiting: preconditionFailure("a ticket was resolved by another")
        }
    }
}
