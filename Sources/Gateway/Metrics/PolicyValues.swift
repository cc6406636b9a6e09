/// What one policy decided, counted for every request that it was for.
struct PolicyValues: MetricValues {
    /// Let pass as they were.
    var passed = 0
    /// Refused, or what would have been in shadow mode.
    var refused = 0
    /// Let pass after a change, or what would have been changed in shadow mode.
    var changed = 0
    /// Let pass above a soft threshold, or since nobody could tell.
    var warned = 0
    /// Told to wait for a place.
    var queued = 0

    mutating func count(_ verdict: PolicyVerdict) {
        switch verdict {
        case .pass: passed += 1
        case .refuse: refused += 1
        case .change: changed += 1
        case .warn: warned += 1
        case .queue: queued += 1
        }
    }

    func emit(_ key: PolicyKey, into page: inout MetricSamples) {
        let verdicts: [(PolicyVerdict, Int)] = [
            (.pass, passed), (.refuse, refused), (.change, changed), (.warn, warned), (.queue, queued),
        ]
        for (verdict, count) in verdicts where count > 0 {
            page.add(.policyDecisions, [key.policy, key.kind, verdict.rawValue, key.mode], count)
        }
    }
}
