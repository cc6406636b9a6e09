import Policies
import Upstreams

/// Tells what would become of a request, by the code that decides on real ones, in its order.
///
/// Takes nothing for keeps: no counter changes, nothing is counted in metrics, and no provider is called.
struct Explainer {
    let runtime: Runtime
    private let parser: JSONParser
    private let logs: LogStore
    private let clock: MonotonicTime

    /// `logs`: where answers are kept; `clock`: the time by which they age.
    init(_ runtime: Runtime, _ parser: JSONParser, logs: LogStore, at clock: MonotonicTime) {
        self.runtime = runtime
        self.parser = parser
        self.logs = logs
        self.clock = clock
    }

    /// `now`: seconds since 1970. Throws what is wrong with the question, not with the request.
    /// Waits for the counters, where replicas share them.
    func explain(_ asked: ExplainedRequest, now: Int) async throws(APIError) -> Explanation {
        if let keyID = asked.keyID, !runtime.keyring.has(keyID: keyID) { throw .unknownKeyID(keyID) }
        var explanation = Explanation(asked: asked)
        var flow: ExplainedFlow?
        do throws(APIError) {
            flow = try begin(&explanation, now: now)
        } catch {
            explanation.refusal = error
        }
        explanation.policies += await limits(&flow)
        explanation.policies += runtime.policies.explain(&flow)
        if let flow {
            explanation.refusal = flow.refusal
            explanation.model = ModelExplanation(
                flow.asked, flow.refusal == nil ? flow.request : nil, runtime)
        }
        return explanation
    }

    /// Goes as far as the policies that look at a completion; nil: the path asks none.
    private func begin(_ explanation: inout Explanation, now: Int) throws(APIError) -> ExplainedFlow? {
        let asked = explanation.asked
        let found = Route.find(asked.head)
        explanation.route = found
        let route: Route
        do throws(APIError) {
            route = try Route.check(found, asked.head, asked.listener.serves, method: asked.method)
        } catch {
            explanation.policies = authentication(asked, nil, now: now)
            throw error
        }
        let identified = identify(asked, route, now: now)
        explanation.policies = authentication(asked, route.surface == .api ? identified : nil, now: now)
        let identity = try identified.get()
        explanation.identity = identity
        if let section = route.section, !runtime.isServed(route) {
            throw .notConfigured(asked.head.path, section: section)
        }
        guard let (decoded, dialect) = try decode(asked, route, identity) else { return nil }
        let request = decoded.completion
        var promptTokens = PromptTokens.forLimits
        let facts = RequestFacts(
            request, decoded.callers, path: asked.head.path, in: dialect, identity, address: asked.clientAddress,
            promptTokens: promptTokens.prompt(request),
            headers: asked.head.values(of: runtime.limiter.headerNames.union(runtime.policies.headerNames)))
        explanation.facts = facts
        return ExplainedFlow(
            request, written: decoded.validated, facts, listener: asked.listener.name,
            asked: try runtime.requested(request, by: identity),
            head: asked.head, parser: parser, logs: logs, now: clock)
    }

    /// The completion that is asked for, of a chat with an agent its first, and the dialect's name; nil: none, or a
    /// response that an upstream makes itself.
    private func decode(
        _ asked: ExplainedRequest, _ route: Route, _ identity: Identity
    ) throws(APIError) -> (request: DialectRequest, dialect: String)? {
        guard asked.head.method == .post else { return nil }
        let body = ByteBuffer(asked.body)
        let limit = runtime.configuration.bounds.maxBodyBytes
        guard body.count <= limit else { throw .bodyTooLarge(limit: limit) }
        let read = parser.read(body)
        let document = try? read.get()
        if route == .responses, let document, runtime.relaying(.responses, document, by: identity) != nil { return nil }
        guard let served = runtime.served(route, document) else { return nil }
        let context = DialectContext(
            runtime: runtime, parser: parser, head: asked.head, requestID: "explained", listener: asked.listener.name)
        if let dialect = served.dialect { return (try dialect.decode(read.get(), in: context), served.name) }
        guard route == .chat || route == .chatStream, let settings = runtime.configuration.dialects.agent else {
            return nil
        }
        return (try firstQuestion(AgentRequest(read.get()), settings, in: context), served.name)
    }

    /// What an agent of the configuration asks first in a conversation that has not begun. Servers of tools are not
    /// asked for theirs.
    private func firstQuestion(
        _ request: AgentRequest, _ settings: AgentDialectConfiguration, in context: DialectContext
    ) throws(APIError) -> DialectRequest {
        guard let agent = runtime.agents[request.agentName] else { throw .unknownAgent(request.agentName) }
        let run = AgentRun.Settings(request, agent, tools: runtime.toolbox.known(agent.tools), settings)
        return try DialectRequest(
            agentQuestion: AgentRun.request(request.message, run), model: agent.model, in: context)
    }

    // MARK: Identity

    private func identify(_ asked: ExplainedRequest, _ route: Route, now: Int) -> Result<Identity, APIError> {
        guard route.surface == .api else { return .success(.anonymous) }
        return Result { () throws(APIError) in
            try runtime.identify(
                asked.head, route, listener: asked.listener.name, certificate: nil, now: now, as: asked.keyID)
        }
    }

    /// Who calls, by a policy in shadow mode.
    private func identify(
        _ asked: ExplainedRequest, by policy: PolicyEntry<Authenticator>, now: Int
    ) -> Result<Identity, APIError> {
        guard Route.find(asked.head)?.isPublic == false else { return .success(.anonymous) }
        return Result { () throws(APIError) in
            try policy.identify(asked.head, certificate: nil, now: now, as: asked.keyID)
        }
    }

    /// `identified`: nil where nobody asks who calls.
    private func authentication(
        _ asked: ExplainedRequest, _ identified: Result<Identity, APIError>?, now: Int
    ) -> [PolicyExplanation] {
        let policies = runtime.configuration.policies
        let deciding = runtime.configuration.authenticationPlace(onListener: asked.listener.name)
        var watching = runtime.authentication[asked.listener.name]?.watching.makeIterator()
        return policies.indices.compactMap { place in
            guard case .auth(let auth) = policies[place].kind else { return nil }
            var explanation = PolicyExplanation(policies[place])
            explanation.facts = [ExplainedFact("require", auth.words)]
            let mismatches = policies[place].match.mismatches(listener: asked.listener.name)
            if !mismatches.isEmpty {
                explanation.notMatched(mismatches)
            } else if policies[place].mode == .shadow {
                guard let policy = watching?.next(), identified != nil else {
                    explanation.notReached()
                    return explanation
                }
                tell(identify(asked, by: policy, now: now), &explanation)
            } else if let deciding, place != deciding {
                explanation.notMatched(["policy \(policies[deciding].name.quoted) decides here"])
            } else if let identified {
                tell(identified, &explanation)
            } else {
                explanation.notReached()
            }
            return explanation
        }
    }

    private func tell(_ identified: Result<Identity, APIError>, _ explanation: inout PolicyExplanation) {
        switch identified {
        case .failure(let error): explanation.refuse(error)
        case .success(let identity):
            if let keyID = identity.keyID { explanation.facts.append(ExplainedFact("key_id", keyID)) }
            if let user = identity.user { explanation.facts.append(ExplainedFact("user", user)) }
            if let team = identity.team { explanation.facts.append(ExplainedFact("team", team)) }
            if !identity.isKnown { explanation.facts.append(ExplainedFact("caller", "anonymous")) }
        }
    }
}

extension AuthPolicyConfiguration {
    /// What callers show: one of these.
    fileprivate var words: String {
        AuthRequirement.allCases.filter { requirements.contains($0) }.map(\.rawValue).joined(separator: ", ")
    }
}

extension Identity {
    /// Whether anything is known of the caller.
    fileprivate var isKnown: Bool { keyID != nil || user != nil || team != nil }
}
