/// A subject's places under one concurrency limit, and the line before them.
struct Places: LimitCounter {
    var leases = LeaseSet()
    var line = WaitingLine()

    init() {}

    func isIdle(at now: LimitMoment) -> Bool { leases.isEmpty && line.count == 0 }
}
