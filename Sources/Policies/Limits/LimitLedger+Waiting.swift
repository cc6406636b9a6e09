extension LimitLedger {
    /// Puts a request into the line of a claim. One that has waited elsewhere keeps its ticket and its deadline.
    mutating func join(
        _ demand: LimitDemand, _ claim: LimitClaim, _ request: LimitRequest, after earlier: Waiter?
    ) -> LimitTicket {
        guard case .concurrency(let setting) = demand.rule.measure, let queue = setting.queue else {
            preconditionFailure("a line at a limit that has none")
        }
        let ticket =
            earlier?.ticket
            ?? LimitTicket(
                number: nextID(), decision: LimitDecision(demand.rule, .queued),
                deadline: now.nanoseconds + queue.deadline)
        let waiter = Waiter(request: request, ticket: ticket, demand: demand, key: demand.key(of: claim))
        waiters[ticket.number] = waiter
        places[claim.place].line.insert(waiter.inLine)
        return ticket
    }

    /// The request is no longer wanted. Nothing if it was resolved: then its outcome is among the resolutions or was.
    package mutating func cancel(_ ticket: LimitTicket, at moment: LimitMoment) {
        advance(to: moment)
        _ = leave(ticket)
    }

    /// The request has waited long enough: its refusal; nil if it was resolved before.
    package mutating func expire(_ ticket: LimitTicket, at moment: LimitMoment) -> LimitRefusal? {
        advance(to: moment)
        guard let waiter = leave(ticket), case .concurrency(let setting) = waiter.demand.rule.measure else {
            return nil
        }
        var refusal = LimitRefusal(
            waiter.demand.rule, waiter.demand.subject, .deadline(setting), wait: Self.placeWait)
        refusal.decisions = [LimitDecision(waiter.demand.rule, .refused)]
        return refusal
    }

    private mutating func leave(_ ticket: LimitTicket) -> Waiter? {
        guard let waiter = waiters.removeValue(forKey: ticket.number) else { return nil }
        if let place = places.find(waiter.key) { places[place].line.remove(waiter.inLine) }
        promote(waiter.key)
        return waiter
    }

    /// Lets in those who stand first in a line, as long as there are places. Whoever is refused by another limit
    /// makes room for the next.
    mutating func promote(_ key: SubjectKey) {
        while let place = places.find(key), let first = places[place].line.first, let waiter = waiters[first.number],
            case .concurrency(let setting) = waiter.demand.rule.measure,
            places[place].leases.count(now: now.nanoseconds) < setting.max
        {
            places[place].line.remove(first)
            waiters[first.number] = nil
            let outcome = decide(waiter.request, for: waiter)
            if case .waiting = outcome { continue }
            resolutions.append(
                LimitResolution(ticket: waiter.ticket, owner: waiter.request.owner, outcome: outcome))
        }
    }

    /// Lets in those who wait for places whose leases have ended by themselves. Called now and then.
    package mutating func promoteAll(at moment: LimitMoment) {
        advance(to: moment)
        for key in Set(waiters.values.map(\.key)) { promote(key) }
    }
}

extension LimitLedger.Waiter {
    var inLine: WaitingLine.Ticket { WaitingLine.Ticket(priority: demand.priority, number: ticket.number) }
}
