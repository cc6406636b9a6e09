import Policies
import Synchronization
import Upstreams

/// The counters of all limits, shared by all workers of the process: one ledger behind one lock.
///
/// Every call is one short critical section, so that limits are exact however many threads ask. Requests that were let
/// in from a queue are told to the worker that they wait on. Lives as long as the process; a reload changes rules, not
/// counters.
final class LimitTable: Sendable {
    private let ledger = Mutex(LimitLedger())
    private let desks = Mutex<[Int: Mailbox<LimitResolution>]>([:])

    /// Where requests that wait on this worker are answered. `owner`: the worker's index.
    func register(_ mailbox: Mailbox<LimitResolution>, owner: Int) {
        desks.withLock { $0[owner] = mailbox }
    }

    func number(of identity: String) -> Int { ledger.withLock { $0.number(of: identity) } }

    /// Tokens that an answer of the model is expected to have at most.
    func expectedAnswer(_ model: String) -> Int { ledger.withLock { $0.expectedAnswer(model) } }

    func admit(_ request: LimitRequest, at now: LimitMoment) -> LimitOutcome {
        change { $0.admit(request, at: now) }
    }

    /// One critical section; who got a place by it hears of it afterwards.
    func change<Result: Sendable>(_ body: (inout LimitLedger) -> Result) -> Result {
        let (result, resolutions) = ledger.withLock { ledger in (body(&ledger), ledger.takeResolutions()) }
        for resolution in resolutions { deliver(resolution) }
        return result
    }

    private func deliver(_ resolution: LimitResolution) {
        if let mailbox = desks.withLock({ $0[resolution.owner] }) { mailbox.post(resolution) }
    }
}

extension LimitMoment {
    /// The present, on a loop's clock and by the calendar.
    init(_ loop: EventLoop) {
        self.init(nanoseconds: Int(loop.now.nanoseconds), seconds: WallClock.now / 1_000_000_000)
    }
}
