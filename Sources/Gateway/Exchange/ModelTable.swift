import Policies

/// Which upstreams answer for which model names.
struct ModelTable: Sendable {
    struct Route: Sendable {
        /// The name in the configuration, perhaps with stars; a label in metrics.
        let name: String
        /// Place among all routes.
        let index: Int
        let pattern: Glob
        let targets: [ModelTarget]
        /// Tokens of prompt and answer together; nil: unknown.
        let contextTokens: Int?
        let choice: WeightedChoice
        /// Names of models that are asked when all targets have failed, in order.
        let fallbacks: [String]
        /// What is done when an upstream fails after content went out, in order.
        let midStream: [MidStreamStrategy]
        /// Names all of the configuration that decides what answers come: another one after a change of it.
        let version: Digest
    }

    /// In the configuration's order.
    let routes: [Route]
    private let exact: [String: Route]
    private let patterns: [Route]
    /// Names that can be listed, in the configuration's order.
    let listed: [Route]

    init(_ models: [ModelConfiguration], _ upstreams: [UpstreamConfiguration]) {
        routes = models.enumerated().map { index, model in
            let answering = [model] + models.filter { model.fallbacks.contains($0.name) }
            let used = upstreams.filter { upstream in
                answering.contains { $0.targets.contains { $0.upstream == upstream.name } }
            }
            return Route(
                name: model.name, index: index, pattern: Glob(model.name), targets: model.targets,
                contextTokens: model.contextTokens, choice: WeightedChoice(model.targets.map(\.weight)),
                fallbacks: model.fallbacks, midStream: model.midStream,
                version: SHA256.hash(Array("\(answering) \(used)".utf8)))
        }
        listed = routes.filter(\.pattern.isExact)
        exact = Dictionary(listed.map { ($0.name, $0) }) { first, _ in first }
        patterns = routes.filter { !$0.pattern.isExact }
    }

    /// The route for a name; an exact one goes before those with stars, which are tried in their order.
    func route(_ model: String) -> Route? {
        exact[model] ?? patterns.first { $0.pattern.matches(model) }
    }

    /// The route for a name that the caller may use.
    func route(_ model: String, for identity: Identity) throws(APIError) -> Route {
        guard let route = route(model), identity.mayUse(model: model) else { throw .unknownModel(model) }
        return route
    }
}
