import Policies
import Upstreams

/// What an admitted request holds: its count, its reserved tokens and money, its places.
///
/// Reservations are settled once, by `reconcile`, `refund` or `keep`, whichever comes first; places are given back once,
/// by `release`. Who lets go of it without a word gives back tokens and places: nothing leaks on any way out. Used on
/// its worker's thread alone.
final class Admission {
    private let grant: LimitGrant
    private let desk: LimitDesk
    private var isSettled = false
    private var isReleased = false

    init(_ grant: LimitGrant, at desk: LimitDesk) {
        self.grant = grant
        self.desk = desk
        desk.hold(grant)
    }

    deinit {
        refund(.tokens)
        release()
    }

    /// The rates that the request is under, as they were when it was admitted.
    var figures: RateFigures { grant.figures }

    /// What each policy said, for metrics.
    var decisions: [LimitDecision] { grant.decisions }

    /// The tokens that were used in truth take the place of those that were reserved.
    func reconcile(promptTokens: Int, completionTokens: Int) {
        settle { $0.reconcile($1, promptTokens: promptTokens, completionTokens: completionTokens, at: $2) }
    }

    /// Gives back what was taken, places included.
    func refund(_ refund: LimitLedger.Refund) {
        settle { $0.refund($1, refund, at: $2) }
        release()
    }

    /// Nobody knows what was used: what was reserved stands for it.
    func keep() { isSettled = true }

    /// The request is over: its places are free.
    func release() {
        guard !isReleased else { return }
        isReleased = true
        desk.release(grant)
    }

    private func settle(_ body: (inout LimitLedger, LimitGrant, LimitMoment) -> Void) {
        guard !isSettled else { return }
        isSettled = true
        desk.table.change { [now = desk.now] in body(&$0, grant, now) }
    }
}
