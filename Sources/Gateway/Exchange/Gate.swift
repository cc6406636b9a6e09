import Policies
import Upstreams

/// What the policies of the configuration hold of one completion, from its admission to its settlement.
///
/// Owns what the limits have granted and what looks at the answer. Everything that was taken is given back: all of it
/// when a later policy refuses, the unused part at the end, exactly once.
final class Gate {
    /// The gateway's own rates that the request is under; nil: none.
    private(set) var rates: RateFigures?
    /// The guards of the answer; nil: no policy looks at it.
    private var guards: GuardSet?
    /// What looks at the present answer, once something was asked of it.
    private var startedGuard: AnswerGuard?
    /// Cuts the streamed answer anew; nil: no policy asks for it, or the client may come back, to whom offsets must mean
    /// the same at any time.
    private(set) var pacer: Pacer?
    /// What was cut from the request's history; nil: nothing.
    private(set) var trimmed: TrimmedHistory?
    /// What policies say of the fields of the answer.
    private(set) var answerFields = AnswerFields()
    /// How the answer may be shared; nil: not at all.
    private(set) var cachePlan: CachePlan?
    /// What the cache did; nil: no policy asks for one.
    private(set) var cache: CacheStatus?
    /// The client may come back for the rest of its stream.
    private(set) var isResumable = false
    private let exchange: Exchange
    private var facts: RequestFacts?
    private var admission: Admission?
    /// Estimated tokens of the prompt, for answers that do not tell their usage; 0 where no limit counts tokens.
    private var promptTokens = 0

    init(_ exchange: Exchange) { self.exchange = exchange }

    private var limiter: Limiter { exchange.runtime.limiter }
    private var policies: PolicyChain { exchange.runtime.policies }
    private var listener: String { exchange.connection.listener.name }

    // MARK: Admission

    /// Holds the request to all policies in their order, and gives it as they leave it. Waits for a place where one may
    /// be waited for, until `isInterrupted`; `wakeup` is woken when something of this changes.
    /// `requested`: nil for what belongs to no model.
    func admit(
        _ asked: DialectRequest, _ requested: RequestedRoute?, waking wakeup: Wakeup, isInterrupted: () -> Bool
    ) async throws(APIError) -> CompletionRequest {
        let request = asked.completion
        let limits = limiter.limits(of: listener)
        isResumable = asked.mayResume && request.isStream && ResumeTicket.isWanted(exchange.connection.head)
        guard limits != nil || !policies.isEmpty || isResumable || asked.sharing != nil else { return request }
        let counted = limits?.countTokens == true ? exchange.service.countPrompt(request) : nil
        promptTokens = counted?.total ?? 0
        let facts = RequestFacts(
            exchange, request, asked.callers, headers: exchange.runtime.policyHeaderNames, promptTokens: promptTokens)
        self.facts = facts
        if let limits, let wait = try ask(limits, request, facts, requested, waking: wakeup) {
            try await pass(wait, wakeup, isInterrupted)
        }
        guard !isInterrupted() else { return request }
        do {
            let admitted = try look(at: asked, facts, requested, counted)
            let moderators = policies.moderators(for: facts, listener: listener)
            if !moderators.isEmpty {
                try await Moderations(moderators, of: admitted, exchange, waking: wakeup)
                    .pass(waking: wakeup, isInterrupted)
            }
            if asked.sharing != nil || !policies.caches.isEmpty, let requested {
                share(admitted, asked, facts, requested)
            }
            return admitted
        } catch {
            admission?.refund(.everything)
            throw error
        }
    }

    /// Asks the limits. Gives what is to be waited for; nil: the request is let in.
    private func ask(
        _ limits: Limiter.Limits, _ request: CompletionRequest, _ facts: RequestFacts, _ requested: RequestedRoute?,
        waking wakeup: Wakeup
    ) throws(APIError) -> LimitWait? {
        let answer = limiter.admit(
            facts, limits, model: requested?.route.name ?? request.operation.rawValue, price: requested?.route.price,
            waking: wakeup)
        switch answer {
        case .admitted(let admission):
            hold(admission)
            return nil
        case .refused(let refusal): throw refuse(refusal)
        case .waiting(let wait): return wait
        }
    }

    /// Holds the request to the policies that decide at once, and gives it as they leave it.
    private func look(
        at asked: DialectRequest, _ facts: RequestFacts, _ requested: RequestedRoute?, _ counted: PromptCount?
    ) throws(APIError) -> CompletionRequest {
        let request = asked.completion
        guard !policies.isEmpty else { return request }
        let parser = exchange.service.parser
        var decisions: [PolicyDecision] = []
        defer { exchange.note(decisions) }
        let admitted = try policies.apply(
            to: request, written: asked.validated, facts, head: exchange.connection.head, listener: listener,
            contextTokens: requested?.route.contextTokens, counted: counted, parser: parser, &decisions)
        // Other answers than chats hold no text.
        if request.operation == .chat { guards = policies.answerGuards(for: facts, listener: listener) }
        if !isResumable { pacer = policies.pacer(for: facts, listener: listener, parser: parser, &decisions) }
        trimmed = admitted.trimmed
        answerFields = admitted.answerFields
        return admitted.request
    }

    /// Waits for the limits' word.
    private func pass(_ wait: LimitWait, _ wakeup: Wakeup, _ isInterrupted: () -> Bool) async throws(APIError) {
        while true {
            if let decision = wait.takeDecision() { note(decision.rule, decision.verdict) }
            if wait.answer != nil || isInterrupted() { break }
            await wakeup.wait()
        }
        switch wait.answer {
        case .admitted(let admission) where !isInterrupted(): hold(admission)
        case .refused(let refusal) where !isInterrupted(): throw refuse(refusal)
        default: wait.leave()
        }
    }

    /// Writes what policies and routing tell in the response: the gateway's own rates, who answered, what was cut from
    /// the history, the cache, fields of the policies' own.
    func writeFields(_ record: DispatchRecord?, to output: inout ByteBuffer) {
        if let rates { output.append(rates) }
        record?.write(to: &output, answerFields)
        if let trimmed { output.appendField(TrimmedHistory.headerName, trimmed.headerValue) }
        cache?.write(to: &output)
        answerFields.write(to: &output)
    }

    /// Hands the fields of a provider's answer on to the client, as far as they pass.
    func relay(_ head: AnswerHead, to output: inout ByteBuffer) {
        ForwardedFields.relay(head, rates: rates == nil, answerFields, to: &output)
    }

    private func hold(_ admission: Admission?) {
        self.admission = admission
        guard let admission else { return }
        admission.grant.forEachDecision(note)
        rates = admission.figures.isEmpty ? nil : admission.figures
    }

    private func refuse(_ refusal: LimitRefusal) -> APIError {
        for decision in refusal.decisions { note(decision.rule, decision.verdict) }
        rates = refusal.figures.isEmpty ? nil : refusal.figures
        return APIError(refusal.refusal, policy: refusal.policy)
    }

    /// Counts what a limit said, and has the access log tell it unless the request just passed.
    private func note(_ rule: LimitRule, _ said: LimitDecision.Verdict) {
        let verdict = PolicyVerdict(said)
        limiter.count(rule, verdict)
        if verdict != .pass {
            exchange.note([PolicyDecision(policy: rule.policy, verdict: verdict, isShadow: rule.isShadow)])
        }
    }

    // MARK: Guarding

    /// Looks at the answer on its way; nil: no policy asks for it.
    var answerGuard: AnswerGuard? {
        if startedGuard == nil, let guards { startedGuard = AnswerGuard(guards, parser: exchange.service.parser) }
        return startedGuard
    }

    /// Looks at this whole answer; nil: it passes as it is, as a glance tells of most.
    func answerGuard(ofWhole answer: RawSpan) -> AnswerGuard? {
        guards?.mayConcern(answer: answer) == true ? answerGuard : nil
    }

    /// Counts what guards found in the answer; gives the name of the policy that refused it.
    @discardableResult
    func countFindings() -> String? { startedGuard.flatMap { policies.note($0, &exchange.entry.decisions) } }

    // MARK: Sharing

    /// Finds how the answer may be shared: as the dialect decides, else by the first policy that is for the request.
    private func share(
        _ request: CompletionRequest, _ asked: DialectRequest, _ facts: RequestFacts, _ requested: RequestedRoute
    ) {
        guard !request.operation.isRelayed else { return }
        let version = requested.version(of: asked.completion)
        cachePlan = asked.sharing?.plan(
            request, facts, version: version, maxBytes: exchange.runtime.configuration.bounds.maxLogBytes)
        guard cachePlan == nil else { return }
        cachePlan = policies.cachePlan(
            for: request, facts, listener: listener, version: version,
            directives: CacheDirectives(exchange.connection.head.value(of: "cache-control")), &exchange.entry.decisions)
        if cachePlan == nil, policies.mayCache(facts, listener: listener) { cache = .bypass }
    }

    /// The answer is asked for once more: what guards and paces it has seen nothing yet.
    func renew() {
        startedGuard = nil
        pacer = pacer?.anew()
    }

    /// What the store that replicas share says of the log that answers the request; nil: there is none to ask. Waits
    /// for it until `isInterrupted`; then what was claimed is given back.
    func claim(isStream: Bool, waking wakeup: Wakeup, _ isInterrupted: () -> Bool) async -> LogClaim? {
        guard let plan = cachePlan, let replicas = exchange.service.desk.replicas else { return nil }
        let claim = replicas.claim(plan.question, isStream: isStream, waking: wakeup)
        while claim.answer == nil, !isInterrupted() { await wakeup.wait() }
        if isInterrupted() { claim.abandon() }
        return claim
    }

    /// The cache has answered.
    func note(_ opening: LogStore.Opening, _ plan: CachePlan) {
        switch opening {
        case .finished(_, let age): cache = .hit(age: age)
        case .live: cache = .live
        case .new, .none: cache = plan.isRefresh ? .bypass : .miss
        }
    }

    /// The client's right to come back to a stream, if it asked for one.
    func ticket(_ log: SharedLog, _ request: CompletionRequest) -> ResumeTicket? {
        guard isResumable, log.isStream, let facts else { return nil }
        return exchange.service.resumption.issue(
            log, facts, AnswerForm(request), grace: exchange.runtime.configuration.resume.graceMs)
    }

    /// Guards the rest of a stream as its beginning was guarded.
    func resume(_ facts: RequestFacts) { guards = policies.answerGuards(for: facts, listener: listener) }

    /// What a task takes over from this request, which it outlives. From now on nothing is held here.
    func handOver() -> TaskGrant {
        defer { admission = nil }
        return TaskGrant(
            admission: admission, promptTokens: promptTokens, facts: facts,
            listener: listener, identity: exchange.identity, line: exchange.entry)
    }

    // MARK: Settlement

    /// Puts what was used in the place of what was reserved, and gives the places back. Whoever left or was cut off
    /// has used what came until then; an event counts as a token where the provider does not tell. An answer that was
    /// made for somebody else costs no tokens.
    func settle(_ source: LogSource, eventsRead: Int) {
        guard let admission else { return }
        self.admission = nil
        let reader = source.reader
        if !source.isFresh || !reader.hasResult {
            admission.refund(.tokens)
        } else if let usage = reader.usage {
            admission.end(TokenUse(usage, cost: source.cost))
        } else if source.isStream {
            admission.end(TokenUse(input: promptTokens, output: eventsRead, nanodollars: source.cost))
        } else {
            admission.keep()
        }
        admission.release()
    }

    /// Gives back what was taken for a request that came to nothing.
    func release() {
        admission?.refund(.tokens)
        admission?.release()
        admission = nil
    }
}
