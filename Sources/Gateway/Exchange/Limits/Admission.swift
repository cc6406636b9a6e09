import Policies
import Upstreams

/// What an admitted request holds: its count, its reserved tokens and money, its places.
///
/// Reservations are settled once, by `reconcile`, `refund` or `keep`, whichever comes first; places are given back once,
/// by `release`. Who lets go of it without a word gives back tokens and places: nothing leaks on any way out. Used on
/// its worker's thread alone.
final class Admission {
    let grant: LimitGrant
    private let keeper: any LimitKeeper
    private var isSettled = false
    private var isReleased = false

    init(_ grant: LimitGrant, at keeper: any LimitKeeper) {
        self.grant = grant
        self.keeper = keeper
        keeper.hold(grant)
    }

    deinit {
        refund(.tokens)
        release()
    }

    /// The rates that the request is under, as they were when it was admitted.
    var figures: RateFigures { grant.figures }

    /// What was used in truth takes the place of what was reserved.
    func reconcile(_ use: TokenUse) {
        guard settles() else { return }
        keeper.reconcile(grant, use)
    }

    /// The request is over, with what it has used in truth: `reconcile` and `release` in one.
    func end(_ use: TokenUse) {
        guard !isSettled, !isReleased else { return release() }
        (isSettled, isReleased) = (true, true)
        keeper.end(grant, use)
    }

    /// Gives back what was taken, places included.
    func refund(_ refund: LimitLedger.Refund) {
        giveBack(refund)
        release()
    }

    /// Gives back tokens and money, but no places.
    func giveBack(_ refund: LimitLedger.Refund) {
        if settles() { keeper.refund(grant, refund) }
    }

    /// Nobody knows what was used: what was reserved stands for it.
    func keep() { isSettled = true }

    /// The request is over: its places are free.
    func release() {
        guard !isReleased else { return }
        isReleased = true
        keeper.release(grant)
    }

    /// True once.
    private func settles() -> Bool {
        defer { isSettled = true }
        return !isSettled
    }
}
