import Policies

/// One worker's side of the limits: lets requests in, and takes back what they do not need.
///
/// Belongs to the worker's loop and outlives reloads. `LimitDesk` counts in this process, `RedisLimitDesk` in Redis.
/// What is called when an answer is there is called once, perhaps before the call returns.
protocol LimitKeeper: AnyObject {
    /// The counters of this process.
    var table: LimitTable { get }
    /// The worker's index.
    var owner: Int { get }

    /// Takes for the request what all limits ask, in one step, or nothing. `wakeup` is woken when a wait has its answer.
    func admit(_ request: LimitRequest, waking wakeup: Wakeup) -> Limiter.Answer
    /// Renews the grant's leases until it is released.
    func hold(_ grant: LimitGrant)
    /// Gives the grant's places back. A second time does nothing.
    func release(_ grant: LimitGrant)
    /// Puts what was used in the place of what was reserved; once per grant, or `refund`.
    func reconcile(_ grant: LimitGrant, _ use: TokenUse)
    func refund(_ grant: LimitGrant, _ refund: LimitLedger.Refund)
    /// `reconcile` and `release` in one.
    func end(_ grant: LimitGrant, _ use: TokenUse)
    /// Takes over what another process was granted, as the grant that `make` makes with an id of this keeper's; nil: the
    /// counters are this process's own.
    func restore(_ make: (_ id: Int) -> LimitGrant) -> Admission?
    /// What `admit` would say now; nothing is taken, and no counter changes.
    func explain(_ request: LimitRequest, _ done: @escaping (LimitExplanation) -> Void)
    /// What a subject has used of each of these budgets; nil: nothing is known of it.
    func used(of budgets: [LimitRule], subject: String, _ done: @escaping ([Int?]) -> Void)
}

extension LimitKeeper {
    func end(_ grant: LimitGrant, _ use: TokenUse) {
        reconcile(grant, use)
        release(grant)
    }
}
