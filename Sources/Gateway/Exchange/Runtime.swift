import Policies
import Upstreams

/// A configuration made ready for one worker: its upstreams, its tables, its rules.
///
/// Immutable. A reload makes a new one; requests that began on the old one end on it.
final class Runtime {
    let configuration: Configuration
    let models: ModelTable
    let keyring: Keyring
    /// Who may call.
    let authentication: ByListener<Authentication>
    let operators: OperatorKeys
    let cors: CORS
    let limiter: Limiter
    let policies: PolicyChain
    /// Header fields that any policy asks for, names in lower case.
    let policyHeaderNames: Set<String>
    /// When the configuration was loaded, in seconds since 1970.
    let loadedAt: Int
    /// Whether some upstream gets the caller's own key.
    let passesCallerKeys: Bool
    /// By the raw values of their routes; nil: what is asked for there is no completion, or is not configured.
    let dialects: [ServedDialect?]
    private let groups: [DestinationGroup]
    /// The agents of the configuration by their names.
    let agents: [String: AgentDefinition]
    let toolbox: Toolbox
    /// The figures of agents; nil: there are none.
    let agentDialect: ServedDialect?
    private let upstreams: [String: any Upstream]
    /// Where files and batches are; nil: nobody can tell which upstream has them.
    let fileStore: Destination?
    /// Where responses are looked for by their ids; nil: nobody can tell.
    let responseStore: Destination?
    /// The figures of what is relayed as it is, by operation.
    let relayed: [ModelOperation: ServedDialect]

    init(
        _ generation: Generation, shared: SharedState, context: UpstreamContext, metrics: MetricsRegistry,
        limits: any LimitKeeper
    ) {
        let configuration = generation.configuration
        self.configuration = configuration
        loadedAt = generation.loadedAt
        models = ModelTable(configuration.models, configuration.upstreams)
        keyring = generation.keyring
        authentication = Authentication.byListener(generation, keyring, metrics)
        operators = OperatorKeys(configuration.admin.keys)
        cors = CORS(configuration.cors)
        limiter = Limiter(configuration, keeper: limits, metrics: metrics)
        policies = PolicyChain(generation, parser: context.parser, metrics)
        policyHeaderNames = limiter.headerNames.union(policies.headerNames)
        var upstreams: [String: any Upstream] = [:]
        for upstream in configuration.upstreams {
            upstreams[upstream.name] = context.makeUpstream(
                upstream, shared: shared, bounds: configuration.bounds,
                longestConnect: configuration.longestConnect(to: upstream.name))
        }
        self.upstreams = upstreams
        passesCallerKeys = configuration.upstreams.contains { upstream in
            if case .client? = upstream.kind.http?.credential { true } else { false }
        }
        let routes = models.routes
        dialects = Route.allCases.map { route in
            route.dialect(configuration.dialects).map {
                ServedDialect($0, name: $0.name, models: routes.count, metrics)
            }
        }
        agents = Dictionary(configuration.agents.map { ($0.name, AgentDefinition($0)) }) { first, _ in first }
        toolbox = Toolbox(
            configuration, zones: generation.zones, loop: context.loop, curl: context.curl, parser: context.parser)
        agentDialect = configuration.dialects.agent.map { _ in
            ServedDialect(nil, name: "agent", models: routes.count, metrics)
        }
        relayed = Dictionary(
            uniqueKeysWithValues: ModelOperation.allCases.filter(\.isRelayed).map {
                ($0, ServedDialect(nil, name: "openai", operation: $0, models: routes.count, metrics))
            })
        func store(_ upstream: UpstreamConfiguration) -> Destination? {
            upstreams[upstream.name].map {
                Destination(nil, of: nil, upstream, $0, shared.health) { operation in
                    metrics.upstream(
                        UpstreamKey(
                            upstream: upstream.name, provider: upstream.kind.label, operation: operation.rawValue,
                            model: "none"))
                }
            }
        }
        fileStore = configuration.fileStore.flatMap(store)
        responseStore = configuration.responseStore.flatMap(store)
        // These are there from the start, so that a model nobody has asked for yet counts 0.
        for route in routes { _ = dialects[Int(Route.chatCompletions.rawValue)]?.series(of: route) }
        groups = routes.map { route in
            let destinations = route.targets.compactMap { target -> Destination? in
                guard let upstream = configuration.upstreams.first(where: { $0.name == target.upstream }),
                    let adapter = upstreams[target.upstream]
                else { return nil }
                return Destination(target, of: route, upstream, adapter, shared.health) { operation in
                    metrics.upstream(
                        UpstreamKey(
                            upstream: target.upstream, provider: upstream.kind.label, operation: operation.rawValue,
                            model: target.model))
                }
            }
            return DestinationGroup(route, destinations, shared.health)
        }
    }

    /// Lets upstreams that ask other models of the gateway do so by this service.
    func bind(to service: Service) {
        for upstream in upstreams.values { (upstream as? MagiUpstream)?.bind(service, self) }
    }

    /// The figures of requests for a model in the canonical dialect.
    func canonicalSeries(of model: ModelTable.Route?) -> MetricSeries<RequestKey> {
        guard let served = dialects[Int(Route.chatCompletions.rawValue)] else {
            preconditionFailure("the canonical dialect is always served")
        }
        return served.series(of: model)
    }

    /// Who answers for a model.
    func group(_ route: ModelTable.Route) -> DestinationGroup { groups[route.index] }

    /// What a request asks for; every model that it names must be one that the caller may use, and something must be there
    /// that can be asked for it.
    func requested(_ request: CompletionRequest, by identity: Identity) throws(APIError) -> RequestedRoute {
        let asked = try models.requested(request, by: identity)
        guard request.operation == .chat || serves(request.operation, asked) else {
            throw .unservedOperation(request.operation, model: request.model)
        }
        return asked
    }

    private func serves(_ operation: ModelOperation, _ asked: RequestedRoute) -> Bool {
        let others = asked.alternatives + asked.route.fallbacks.map(\.model)
        return group(asked.route).serves(operation)
            || others.contains { models.route($0).map { group($0).serves(operation) } ?? false }
    }

    /// Whether some target of some model may be asked.
    func isUsable(at now: MonotonicTime) -> Bool { groups.contains { $0.isUsable(at: now.wholeMilliseconds) } }

    /// Who answers a body (nil: one that is no JSON): agents, if it holds a message or the route has nobody else, or the route's own dialect.
    func served(_ route: Route, _ body: JSONDocument?) -> ServedDialect? {
        let own = dialects[Int(route.rawValue)]
        guard let agentDialect, route.isForAgents else { return own }
        guard own != nil else { return agentDialect }
        return body?.root["message"]?.isNull == false ? agentDialect : own
    }

    /// Whether the configuration has what answers at a route that has a section.
    func isServed(_ route: Route) -> Bool {
        dialects[Int(route.rawValue)] != nil || route.isForAgents && agentDialect != nil
    }

    /// The upstream of that name; the configuration was checked, so it is there.
    func upstream(_ name: String) -> any Upstream {
        guard let upstream = upstreams[name] else { preconditionFailure("a target names no upstream") }
        return upstream
    }
}

extension UpstreamConfiguration.Kind {
    /// The provider in OpenTelemetry's words.
    var label: String {
        switch self {
        case .openai: "openai"
        case .anthropic: "anthropic"
        case .gemini: "gcp.gemini"
        case .bedrock: "aws.bedrock"
        case .httpTask: "http_task"
        case .command: "command"
        case .echo: "echo"
        case .magi: "magi"
        }
    }
}
