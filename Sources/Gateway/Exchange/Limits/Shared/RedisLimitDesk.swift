import Policies
import Upstreams

/// One worker's side of the limits that all replicas count together in Redis.
///
/// A request costs one round trip, in which one script asks all its limits and takes all or nothing. What becomes of it
/// later (use in place of reservations, free places) is sent and not waited for. While Redis cannot be asked, each limit
/// does what its `on_store_failure` says, at once; what was taken meanwhile is told to Redis when it is back, once.
final class RedisLimitDesk {
    /// What a grant holds besides Redis' counters.
    struct Held {
        let grant: LimitGrant
        /// At this replica's own counters, for a grant that was given without Redis.
        var local: Admission?
    }

    /// Counts by itself while Redis is away.
    let local: LimitDesk
    let client: RedisClient
    let prefix: String
    let replica: LimitReplica
    let scripts: LimitScripts
    /// Of this worker among those of all replicas.
    private let name: String
    /// Where Redis remembers which commands of this worker took effect.
    let memory: String
    var clock = LimitClock()
    var journal = LimitJournal()
    /// Whether this turn ends with telling Redis what is in the journal.
    var isFlushDue = false
    var lines = LimitLines()
    var held: [Int: Held] = [:]
    /// Whether Redis failed the last time; then it is told nothing until a beat comes through.
    var isAway = false
    /// Of the data set that Redis had last; nil: not known.
    var mark: String?
    var beatTimer: (any ReactorTimer)?
    var renewalTimer: (any ReactorTimer)?
    /// Milliseconds between two renewals; nil: there is nothing to renew.
    var renewalInterval: Int?
    var lineTimer: (any ReactorTimer)?
    private var lastID = 0

    /// Milliseconds between two looks for a place of the first in a line.
    private static let lineInterval = 25

    /// Must be made on the loop's thread. `scripts` is of this client alone.
    init(
        _ client: RedisClient, prefix: String, local: LimitDesk, replica: LimitReplica,
        scripts: LimitScripts = LimitScripts()
    ) {
        self.client = client
        self.prefix = prefix
        self.local = local
        self.replica = replica
        self.scripts = scripts
        name = "\(replica.id)-\(local.owner)"
        memory = "\(prefix){limits}:seen:\(name)"
        beatTimer = local.loop.timer { [unowned self] in beat() }
        renewalTimer = local.loop.timer { [unowned self] in renewInTime() }
        lineTimer = local.loop.timer { [unowned self] in askLines() }
        beat()
    }

    /// The name of a grant's places.
    func holder(_ id: Int) -> String { "\(name)-\(id)" }

    func key(_ rule: LimitRule, _ subject: String) -> String { LimitWire.key(prefix, rule, subject) }

    /// When a command that is sent now comes too late.
    var deadline: Int { clock.deadline(local.now, patience: client.settings.commandTimeout) }

    // MARK: Asking

    private func ask(_ asking: LimitAsking) {
        // What was taken meanwhile is told first, so that no limit has more room than it should.
        guard !isAway else { return didAsk(asking, .failure(.unavailable)) }
        flush()
        let number = journal.nextNumber()
        asking.number = number
        run(asking.terms, number: number, holder: holder(asking.id), isBehind: { lines.isBehind(asking, $0) }) {
            [weak self] in self?.didAsk(asking, $0)
        }
    }

    /// `holder`: empty if nothing is to be taken. `isBehind`: whether others wait for a place of this counter.
    private func run(
        _ terms: [LimitTerm], number: Int, holder: String, isBehind: (String) -> Bool,
        _ completion: @escaping RedisCompletion
    ) {
        var keys = [memory]
        var arguments = RedisArguments()
        arguments.add(deadline)
        arguments.add(number)
        arguments.add(holder)
        var packed = LimitPacking(capacity: terms.count * LimitWire.termWidth)
        for term in terms {
            let key = key(term.rule, term.subject)
            LimitWire.pack(term, isBehind: isBehind(key), to: &packed)
            keys.append(key)
        }
        arguments.add(packed.bytes)
        client.run(scripts.admit, keys: keys, arguments: arguments, completion)
    }

    private func didAsk(_ asking: LimitAsking, _ result: RedisResult) {
        let line = asking.line
        if let line { lines.end(line) }
        switch result {
        case .failure(let error):
            if !error.isUncertain { asking.number = nil }
            didFail(error)
            decideWithoutStore(asking)
        case .success(let reply):
            guard let answer = LimitWire.answer(reply, count: asking.terms.count) else {
                didFail(.protocolViolation)
                decideWithoutStore(asking)
                break
            }
            asking.number = nil
            clock.note(answer.time, at: local.now, isCertain: answer.findings == nil)
            if let findings = answer.findings {
                decide(asking, findings, time: answer.time)
            } else {
                decideWithoutStore(asking)
            }
        }
        // Without Redis the whole line is dealt with at its next look.
        if let line, asking.line != line, !isAway { askFirst(of: line) }
    }

    private func decide(_ asking: LimitAsking, _ findings: [LimitFinding], time: Int) {
        let verdict = asking.request.verdict(
            of: findings, on: asking.terms, id: asking.id, takenAt: time * 1000,
            mayWait: { term in
                guard case .concurrency(let setting) = term.rule.measure, let queue = setting.queue else {
                    return false
                }
                let key = key(term.rule, term.subject)
                return asking.line == key || replica.waiting(key) < queue.max
            })
        switch verdict {
        case .admitted(let grant):
            let admission = Admission(grant, at: self)
            if asking.wait.isOpen { answer(asking, .admitted(admission)) } else { admission.refund(.everything) }
        case .refused(let refusal): answer(asking, .refused(refusal))
        case .line(let term, let queue, let decision): stand(asking, term, queue, decision)
        }
    }

    private func answer(_ asking: LimitAsking, _ answer: LimitWait.Answer) {
        leaveLine(asking)
        if asking.wait.isOpen { asking.wait.resolve(answer) }
    }

    // MARK: Lines

    private func stand(
        _ asking: LimitAsking, _ term: LimitTerm, _ queue: ConcurrencySetting.Queue, _ decision: LimitDecision
    ) {
        let key = key(term.rule, term.subject)
        guard asking.wait.isOpen else { return leaveLine(asking) }
        guard asking.line != key else { return }
        // Who has waited elsewhere keeps its deadline.
        let isNew = asking.line == nil
        leaveLine(asking)
        lines.join(asking, key, priority: term.priority)
        replica.join(key)
        lineTimer?.arm(milliseconds: Self.lineInterval)
        guard isNew else { return }
        asking.wait.queue(
            decision, until: local.now.nanoseconds + queue.deadline,
            didExpire: { [unowned self] in
                if let refusal = term.expired { answer(asking, .refused(refusal)) }
            },
            didLeave: { [unowned self] in leaveLine(asking) })
    }

    private func leaveLine(_ asking: LimitAsking) {
        guard let key = asking.line else { return }
        lines.leave(asking)
        replica.leave(key)
    }

    func askFirst(of line: String) {
        if let first = lines.begin(line) { ask(first) }
    }

    private func askLines() {
        for key in lines.keys {
            askFirst(of: key)
            while isAway, let next = lines.begin(key) { ask(next) }
        }
        if !lines.isEmpty { lineTimer?.arm(milliseconds: Self.lineInterval) }
    }

    // MARK: Without the store

    private func decideWithoutStore(_ asking: LimitAsking) {
        leaveLine(asking)
        guard asking.wait.isOpen else { return undo(asking) }
        if let refusal = asking.request.refusalWithoutStore {
            replica.note(.closed)
            undo(asking)
            return answer(asking, .refused(refusal))
        }
        let part = asking.request.share(of: replica.count)
        replica.note(part.isFree ? .open : .local)
        switch table.admit(part, at: local.now) {
        case .admitted(let grant): adopt(Admission(grant, at: local), asking)
        case .refused(let refusal):
            undo(asking)
            answer(asking, .refused(refusal))
        case .waiting(let ticket):
            undo(asking)
            waitLocally(asking, ticket)
        }
    }

    private func waitLocally(_ asking: LimitAsking, _ ticket: LimitTicket) {
        var place: LimitWait?
        let wait = local.wait(ticket) { [unowned self] in
            switch place?.answer {
            case .admitted(let admission): adopt(admission, asking)
            case .refused(let refusal): answer(asking, .refused(refusal))
            case nil: return
            }
            place = nil
        }
        place = wait
        asking.wait.queue(
            ticket.decision, until: nil, didExpire: {},
            didLeave: {
                wait.leave()
                // It holds what notifies of it.
                place = nil
            })
    }

    /// Makes a grant of this replica's own counters one that Redis will be told of.
    private func adopt(_ admission: Admission, _ asking: LimitAsking) {
        guard asking.wait.isOpen else { return admission.refund(.everything) }
        let now = local.now
        let grant = admission.grant.adding(
            openOf: asking.request, expectedAnswer: table.expectedAnswer(asking.request.model), id: asking.id,
            seconds: now.seconds)
        held[grant.id] = Held(grant: grant, local: admission)
        let takings = operations(grant.takings, isLocal: true)
        if let number = asking.number {
            // Redis may have taken it already; then this does nothing.
            keep(LimitBatch(number: number, operations: takings))
        } else {
            send(takings)
        }
        answer(asking, .admitted(Admission(grant, at: self)))
    }

    /// Redis may have admitted it all the same: then that is taken back.
    private func undo(_ asking: LimitAsking) {
        guard let number = asking.number else { return }
        asking.number = nil
        let seconds = local.now.seconds
        let changes = asking.terms.compactMap { $0.undoing(seconds: seconds) }
        keep(LimitBatch(number: number, undoes: true, operations: operations(changes, isLocal: false)))
        let places = asking.terms.compactMap { term -> LimitOperation? in
            guard case .concurrency = term.rule.measure else { return nil }
            return LimitOperation(key: key(term.rule, term.subject), kind: .release(holder: holder(asking.id)))
        }
        send(places)
    }
}

extension RedisError {
    /// Whether the command may have been carried out.
    fileprivate var isUncertain: Bool {
        switch self {
        case .timeout, .connectionLost, .protocolViolation: true
        default: false
        }
    }
}

extension RedisLimitDesk: LimitKeeper {
    var table: LimitTable { local.table }
    var owner: Int { local.owner }

    func admit(_ request: LimitRequest, waking wakeup: Wakeup) -> Limiter.Answer {
        lastID += 1
        let wait = LimitWait(on: local.loop) { wakeup.wake() }
        let terms = request.terms(expectedAnswer: table.expectedAnswer(request.model))
        ask(LimitAsking(request, terms, id: lastID, wait))
        // Without Redis the answer is there at once.
        return switch wait.answer {
        case .admitted(let admission): .admitted(admission)
        case .refused(let refusal): .refused(refusal)
        case nil: .waiting(wait)
        }
    }

    func hold(_ grant: LimitGrant) {
        guard let lease = grant.lease else { return }
        if held[grant.id] == nil { held[grant.id] = Held(grant: grant) }
        armRenewal(lease: lease)
    }

    func restore(_ make: (_ id: Int) -> LimitGrant) -> Admission? {
        lastID += 1
        let admission = Admission(make(lastID), at: self)
        if !isAway, let held = held[admission.grant.id] { renew([held]) }
        return admission
    }

    func release(_ grant: LimitGrant) {
        if let local = held.removeValue(forKey: grant.id)?.local {
            // Unless it was settled before, what was reserved stands.
            local.keep()
            local.release()
        }
        let places = grant.places.map { key($0.rule, $0.subject) }
        guard !places.isEmpty else { return }
        send(places.map { LimitOperation(key: $0, kind: .release(holder: holder(grant.id))) })
        for place in places { askFirst(of: place) }
    }

    func reconcile(_ grant: LimitGrant, _ use: TokenUse) {
        let local = held[grant.id]?.local
        if let local {
            local.reconcile(use)
        } else {
            table.change { $0.learn(from: grant, completionTokens: use.output) }
        }
        send(operations(grant.corrections(use), isLocal: local != nil))
    }

    func refund(_ grant: LimitGrant, _ refund: LimitLedger.Refund) {
        let local = held[grant.id]?.local
        local?.giveBack(refund)
        send(operations(grant.corrections(refund), isLocal: local != nil))
    }

    func explain(_ request: LimitRequest, _ done: @escaping (LimitExplanation) -> Void) {
        let terms = request.terms(expectedAnswer: table.expectedAnswer(request.model))
        guard !terms.isEmpty, !isAway else { return explainWithoutStore(request, done) }
        flush()
        run(terms, number: 0, holder: "", isBehind: { replica.waiting($0) > 0 }) { [weak self] result in
            guard let self else { return }
            guard case .success(let reply) = result,
                let findings = LimitWire.answer(reply, count: terms.count)?.findings
            else { return explainWithoutStore(request, done) }
            done(request.explanation(of: findings, on: terms) { replica.waiting(self.key($0.rule, $0.subject)) })
        }
    }

    private func explainWithoutStore(_ request: LimitRequest, _ done: @escaping (LimitExplanation) -> Void) {
        local.explain(request.share(of: replica.count)) { told in
            done(LimitExplanation(rules: told.rules, refusal: request.refusalWithoutStore ?? told.refusal))
        }
    }

    func used(of budgets: [LimitRule], subject: String, _ done: @escaping ([Int?]) -> Void) {
        var arguments = RedisArguments()
        for budget in budgets {
            guard case .budget(let setting) = budget.measure else { preconditionFailure("not a budget") }
            arguments.add(LimitWire.number(setting.period))
        }
        guard !budgets.isEmpty else { return done([]) }
        let keys = budgets.map { key($0, subject) }
        client.run(scripts.read, keys: keys, arguments: arguments) { [local] result in
            guard case .success(let reply) = result, reply.count == budgets.count else {
                // What this replica has counted by itself is better than nothing.
                return local.used(of: budgets, subject: subject, done)
            }
            // Below 0: nothing is known.
            let used = (0..<reply.count).map { reply.withElement($0) { $0.integer } ?? -1 }
            done(used.map { $0 < 0 ? nil : $0 })
        }
    }
}
