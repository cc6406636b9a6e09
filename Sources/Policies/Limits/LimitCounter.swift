/// The state of one limit for one subject, as `SubjectTable` keeps it.
protocol LimitCounter: Sendable {
    init()
    /// Whether it says no more than a fresh one, so that it may be dropped.
    func isIdle(at now: LimitMoment) -> Bool
}
