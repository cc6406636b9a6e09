import Policies
import Upstreams

/// Which upstreams answer for which model names.
struct ModelTable: Sendable {
    /// One model of the configuration. Shared by all that look at it, never changed.
    final class Route: Sendable {
        /// The name in the configuration, perhaps with stars; a label in metrics.
        let name: String
        /// Place among all routes.
        let index: Int
        let pattern: Glob
        let targets: [ModelTarget]
        /// Tokens of prompt and answer together; nil: unknown.
        let contextTokens: Int?
        let balance: Balance
        let hashBy: HashSubject
        /// Models that are asked when all targets have failed, in order.
        let fallbacks: [FallbackRule]
        /// When a second target is asked although the first has not failed; nil: never.
        let hedge: HedgeSettings?
        /// Timeouts of the model's own.
        let timeouts: TimeoutOverrides?
        /// What its tokens cost, where a target has no price of its own; nil: unknown.
        let price: TokenPrice?
        /// What is done when an upstream fails after content went out, in order.
        let midStream: [MidStreamStrategy]
        let deliver: ModelConfiguration.Delivery
        /// Names all of the configuration that decides what answers come: another one after a change of it.
        let version: Digest

        init(_ model: ModelConfiguration, index: Int, version: Digest) {
            name = model.name
            self.index = index
            pattern = Glob(model.name)
            targets = model.targets
            contextTokens = model.contextTokens
            balance = model.balance
            hashBy = model.hashBy
            fallbacks = model.fallbacks
            hedge = model.hedge
            timeouts = model.timeouts
            price = model.price
            midStream = model.midStream
            deliver = model.deliver
            self.version = version
        }

        /// What stands for `model`, by which the route was found, for targets that name none: an alias stands for the
        /// route's own name.
        func canonicalName(of model: String) -> String { pattern.isExact ? name : model }
    }

    /// In the configuration's order.
    let routes: [Route]
    /// Whether some model answers with a link.
    let deliversLinks: Bool
    /// By name and by alias.
    private let exact: [String: Route]
    private let patterns: [Route]
    /// Names that can be listed, in the configuration's order.
    let listed: [Route]

    init(_ models: [ModelConfiguration], _ upstreams: [UpstreamConfiguration]) {
        deliversLinks = models.contains { $0.deliver == .link }
        routes = models.enumerated().map { index, model in
            let answering = [model] + models.filter { other in model.fallbacks.contains { $0.model == other.name } }
            let used = upstreams.filter { upstream in
                answering.contains { $0.targets.contains { $0.upstream == upstream.name } }
            }
            return Route(model, index: index, version: SHA256.hash(Array("\(answering) \(used)".utf8)))
        }
        listed = routes.filter(\.pattern.isExact)
        let aliases = zip(routes, models).flatMap { route, model in model.aliases.map { ($0, route) } }
        exact = Dictionary(listed.map { ($0.name, $0) } + aliases) { first, _ in first }
        patterns = routes.filter { !$0.pattern.isExact }
    }

    /// The route for a name or an alias; an exact one goes before those with stars, which are tried in their order.
    func route(_ model: String) -> Route? {
        exact[model] ?? patterns.first { $0.pattern.matches(model) }
    }

    /// The route for a name that the caller may use.
    func route(_ model: String, for identity: Identity) throws(APIError) -> Route {
        guard let route = route(identity.stand(inFor: model)), identity.mayUse(model: model) else {
            throw .unknownModel(model)
        }
        return route
    }

    /// What a request asks for; every model that it names must be one that the caller may use.
    func requested(_ request: CompletionRequest, by identity: Identity) throws(APIError) -> RequestedRoute {
        let route = try route(request.model, for: identity)
        var asked = RequestedRoute(
            route: route, model: route.canonicalName(of: identity.stand(inFor: request.model)), user: identity.user)
        for name in request.alternatives {
            _ = try self.route(name, for: identity)
            asked.alternatives.append(identity.stand(inFor: name))
        }
        return asked
    }
}
