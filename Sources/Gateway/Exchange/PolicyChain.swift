import Policies
import Upstreams

/// The policies of a configuration that look at a request's content, made ready for one worker: phase by phase, within
/// a phase in the order of the file.
///
/// A request without policies costs one test. In shadow mode a policy decides and is counted; the request goes on.
/// Whatever decides adds to `decisions` what the access log shall tell.
final class PolicyChain {
    /// Header fields that a policy asks for, names in lower case: what `RequestFacts.headers` must hold.
    let headerNames: Set<String>
    let validation: [PolicyEntry<RequestValidator>]
    let guards: [PolicyEntry<GuardPolicy>]
    private let guardSet: GuardSet
    /// Every guard is for every request.
    private let guardsAlways: Bool
    /// Those of `guards` that have a moderation.
    private let moderators: [PolicyEntry<GuardPolicy>]
    let rewriting: [PolicyEntry<RewritePolicyConfiguration>]
    let trimming: [PolicyEntry<HistoryTrimmer>]
    let headers: [PolicyEntry<HeadersPolicyConfiguration>]
    let caches: [PolicyEntry<CachePolicyConfiguration>]
    let pacing: [PolicyEntry<PaceSettings>]

    init(_ generation: Generation, parser: JSONParser, _ metrics: MetricsRegistry) {
        let policies = generation.configuration.policies
        var validation: [PolicyEntry<RequestValidator>] = []
        var guards: [PolicyEntry<GuardPolicy>] = []
        var rewriting: [PolicyEntry<RewritePolicyConfiguration>] = []
        var trimming: [PolicyEntry<HistoryTrimmer>] = []
        var headers: [PolicyEntry<HeadersPolicyConfiguration>] = []
        var caches: [PolicyEntry<CachePolicyConfiguration>] = []
        var pacing: [PolicyEntry<PaceSettings>] = []
        for policy in policies {
            switch policy.kind {
            case .auth, .rateLimit, .concurrency, .budget: break
            case .validate(let section):
                validation.append(PolicyEntry(policy, RequestValidator(section.settings), metrics))
            case .guard(let section):
                let look = GuardPolicy(name: policy.name, isShadow: policy.mode == .shadow, settings: section)
                guards.append(PolicyEntry(policy, look, metrics))
            case .rewrite(let section): rewriting.append(PolicyEntry(policy, section, metrics))
            case .headers(let section): headers.append(PolicyEntry(policy, section, metrics))
            case .trimHistory(let section):
                let trimmer = HistoryTrimmer(section, generation.tokenizers)
                trimming.append(PolicyEntry(policy, trimmer, metrics))
            case .cache(let section): caches.append(PolicyEntry(policy, section, metrics))
            case .pace(let section): pacing.append(PolicyEntry(policy, section.settings, metrics))
            }
        }
        self.validation = validation
        self.guards = guards
        guardSet = GuardSet(guards.map(\.settings))
        guardsAlways = guards.allSatisfy(\.appliesAlways)
        moderators = guards.filter { $0.settings.settings.moderation != nil }
        self.rewriting = rewriting
        self.trimming = trimming
        self.headers = headers
        self.caches = caches
        self.pacing = pacing
        headerNames = Set(policies.flatMap(\.match.rule.headers.keys))
    }

    var isEmpty: Bool {
        validation.isEmpty && guards.isEmpty && rewriting.isEmpty && trimming.isEmpty && headers.isEmpty
            && caches.isEmpty && pacing.isEmpty
    }

    /// A request as the policies leave it.
    struct Result {
        var request: CompletionRequest
        /// Messages and tokens that were cut from its history; nil: none was.
        var trimmed: TrimmedHistory?
        /// What is said of the fields of the answer.
        var answerFields = AnswerFields()
    }

    /// Holds a request to all policies that are for it, but for moderations, which take their time. Only chats have a
    /// history to trim.
    ///
    /// - Parameters:
    ///   - written: the body that is validated; nil: none is.
    ///   - head: the client's.
    ///   - contextTokens: those of the model, nil if unknown.
    ///   - counted: the request's tokens, where they are known already.
    func apply(
        to request: CompletionRequest, written: WrittenBody?, _ facts: RequestFacts,
        head: @autoclosure () -> RequestHead, listener: String, contextTokens: Int?, counted: PromptCount? = nil,
        parser: JSONParser, _ decisions: inout [PolicyDecision]
    ) throws(APIError) -> Result {
        for policy in validation where policy.applies(to: facts, listener: listener) {
            guard let written else { break }
            do {
                try policy.settings.validate(written)
                policy.note(.pass, &decisions)
            } catch {
                try policy.refuse(error, &decisions)
            }
        }
        var result = Result(
            request: try look(at: request, guards(for: facts, listener: listener), parser, &decisions))
        lazy var values = PlaceholderValues(facts.identity, model: facts.model, requestID: request.requestID)
        for policy in rewriting where policy.applies(to: facts, listener: listener) {
            try rewrite(&result, by: policy, values, parser, &decisions)
        }
        for policy in trimming where request.operation == .chat && policy.applies(to: facts, listener: listener) {
            try trim(&result, by: policy, contextTokens, counted, &decisions)
        }
        for policy in headers where policy.applies(to: facts, listener: listener) {
            change(&result, by: policy, values, head(), &decisions)
        }
        return result
    }

    private func rewrite(
        _ result: inout Result, by policy: PolicyEntry<RewritePolicyConfiguration>, _ values: PlaceholderValues,
        _ parser: JSONParser, _ decisions: inout [PolicyDecision]
    ) throws(APIError) {
        guard let text = policy.settings.rewritten(result.request.document.root, values) else {
            policy.note(.pass, &decisions)
            return
        }
        policy.note(.change, &decisions)
        if policy.isEnforced { result.request = try result.request.replacing(text, parser) }
    }

    private func change(
        _ result: inout Result, by policy: PolicyEntry<HeadersPolicyConfiguration>, _ values: PlaceholderValues,
        _ head: RequestHead, _ decisions: inout [PolicyDecision]
    ) {
        let change = HeaderChange(policy.settings, values)
        let fields = change.requestFields(result.request.fields, head: head)
        guard fields != result.request.fields || policy.settings.concernsAnswers else {
            policy.note(.pass, &decisions)
            return
        }
        policy.note(.change, &decisions)
        guard policy.isEnforced else { return }
        result.request = CompletionRequest(result.request, fields: fields)
        change.addAnswerFields(to: &result.answerFields)
    }

    private func trim(
        _ result: inout Result, by policy: PolicyEntry<HistoryTrimmer>, _ contextTokens: Int?,
        _ counted: PromptCount?, _ decisions: inout [PolicyDecision]
    ) throws(APIError) {
        do {
            let trimmed = try policy.settings.trim(result.request, contextTokens: contextTokens, counted: counted)
            guard let trimmed else {
                policy.note(.pass, &decisions)
                return
            }
            policy.note(.change, &decisions)
            guard policy.isEnforced else { return }
            result.request = trimmed.request
            result.trimmed = trimmed.added(to: result.trimmed)
        } catch {
            try policy.refuse(error, &decisions)
        }
    }

    // MARK: Cache

    /// How the answer to a request may be shared, by the first cache policy that is for it; nil: not at all.
    func cachePlan(
        for request: CompletionRequest, _ facts: RequestFacts, listener: String, version: Digest,
        directives: CacheDirectives, _ decisions: inout [PolicyDecision]
    ) -> CachePlan? {
        guard let policy = caches.first(where: { $0.applies(to: facts, listener: listener) }) else { return nil }
        let plan = policy.plan(request, facts, version: version, directives: directives)
        policy.note(plan == nil ? .pass : .change, &decisions)
        return policy.isEnforced ? plan : nil
    }

    /// Whether a cache policy is for the request.
    func mayCache(_ facts: RequestFacts, listener: String) -> Bool {
        caches.contains { $0.isEnforced && $0.applies(to: facts, listener: listener) }
    }

    // MARK: Guards

    /// The guards with a moderation that are for a request, in their order.
    func moderators(for facts: RequestFacts, listener: String) -> [PolicyEntry<GuardPolicy>] {
        moderators.filter { $0.applies(to: facts, listener: listener) }
    }

    private func guards(for facts: RequestFacts, listener: String) -> [PolicyEntry<GuardPolicy>] {
        guardsAlways ? guards : guards.filter { $0.applies(to: facts, listener: listener) }
    }

    private func set(of some: [PolicyEntry<GuardPolicy>]) -> GuardSet {
        some.count == guards.count ? guardSet : guardSet.part(some.map(\.settings))
    }

    private func look(
        at request: CompletionRequest, _ guards: [PolicyEntry<GuardPolicy>], _ parser: JSONParser,
        _ decisions: inout [PolicyDecision]
    ) throws(APIError) -> CompletionRequest {
        guard !guards.isEmpty else { return request }
        var look = RequestGuard(set(of: guards))
        let outcome = look.apply(to: request.document.root)
        let findings = look.findings
        for entry in guards where !findings.contains(where: { $0.policy === entry.settings }) {
            // A guard that has nothing but a moderation is counted by it.
            if !entry.settings.rules.isEmpty || entry.settings.settings.moderation == nil {
                entry.note(.pass, &decisions)
            }
        }
        let refusing = Self.note(findings, of: guards, &decisions)
        switch consume outcome {
        case .unchanged:
            return request
        case .refused(let refusal):
            throw APIError(refusal, policy: refusing ?? "guard")
        case .rewritten(let text):
            return try request.replacing(text, parser)
        }
    }

    /// The guards of the answer to a request; nil: no policy looks at it.
    func answerGuards(for facts: RequestFacts, listener: String) -> GuardSet? {
        let guards = set(of: guards(for: facts, listener: listener))
        return guards.ofAnswers.isEmpty ? nil : guards
    }

    /// Counts what guards found in an answer, whose request they have let pass; gives the name of the one that refused
    /// it.
    func note(_ answer: AnswerGuard, _ decisions: inout [PolicyDecision]) -> String? {
        Self.note(answer.findings, of: guards, &decisions)
    }

    // MARK: Pacing

    /// What cuts the streamed answer to a request anew, and counts it; nil for a whole answer and if no policy asks for
    /// it. The first enforced policy that is for the request does it; those in shadow mode before it are counted.
    func pacer(
        for facts: RequestFacts, listener: String, parser: JSONParser, _ decisions: inout [PolicyDecision]
    ) -> Pacer? {
        guard facts.isStream else { return nil }
        for policy in pacing where policy.applies(to: facts, listener: listener) {
            policy.note(.change, &decisions)
            if policy.isEnforced { return Pacer(policy.settings, parser: parser) }
        }
        return nil
    }

    // MARK: Counting

    private static func note(
        _ findings: [GuardFinding], of guards: [PolicyEntry<GuardPolicy>], _ decisions: inout [PolicyDecision]
    ) -> String? {
        var refusing: String?
        guard !findings.isEmpty else { return nil }
        for entry in guards {
            guard let finding = findings.first(where: { $0.policy === entry.settings }) else { continue }
            if finding.hasStopped {
                entry.note(.refuse, &decisions)
                if entry.isEnforced { refusing = entry.name }
            } else {
                entry.note(.change, &decisions)
            }
        }
        return refusing
    }
}

extension CompletionRequest {
    /// The same request with another text, which a policy made of this one's.
    func replacing(_ text: borrowing ByteBuffer, _ parser: JSONParser) throws(APIError) -> CompletionRequest {
        CompletionRequest(self, document: try parser.document(text))
    }
}

extension PolicyEntry<CachePolicyConfiguration> {
    /// How the answer to a request that it is for may be shared; nil: not at all.
    func plan(
        _ request: CompletionRequest, _ facts: RequestFacts, version: Digest, directives: CacheDirectives
    ) -> CachePlan? {
        directives.forbidsStorage ? nil : settings.plan(request, facts, version: version, directives: directives)
    }
}
