import Policies
import Upstreams

/// Where a completion goes: the route of its model, and the call to each target, of which one is drawn by weight.
struct ModelExplanation {
    /// What a provider would be sent. Secrets are masked; what every HTTP client adds is left out.
    struct Call {
        let url: String
        let fields: [HTTPField]
        let body: [UInt8]
    }

    struct Target {
        let upstream: String
        let kind: String
        /// The model's name there.
        let model: String
        let weight: Int
        /// The keys that may be shown, masked.
        let keys: [String]
        /// How calls are repeated.
        let retry: [ExplainedFact]
        /// Nil: the gateway answers itself, or the request goes nowhere.
        let call: Call?
        /// Why the provider cannot be asked for it; nil: it can.
        let problem: String?
    }

    /// The model's name in the configuration, perhaps with stars.
    let name: String
    let contextTokens: Int?
    let targets: [Target]
    let balance: String
    /// How a second target is asked before the first has failed; empty: never.
    let hedge: [ExplainedFact]
    /// What is done when a stream breaks off, in this order.
    let midStream: [String]
    /// Who is asked when all targets have failed, in this order.
    let fallbacks: [Fallback]

    /// `request`: as the policies leave it; nil: it is refused.
    init(_ asked: RequestedRoute, _ request: CompletionRequest?, _ runtime: Runtime) {
        let route = asked.route
        name = route.name
        balance = route.balance.rawValue
        hedge = Self.hedge(route.hedge)
        midStream = route.midStream.map(\.rawValue)
        fallbacks = Self.fallbacks(asked, runtime.models)
        contextTokens = route.contextTokens
        targets = route.targets.map { target in
            let name = target.model ?? asked.model
            let kind = runtime.configuration.upstreams.first { $0.name == target.upstream }?.kind
            var call: Call?
            var problem: String?
            do throws(UpstreamError) {
                if let request {
                    call = Call(
                        try runtime.upstream(target.upstream).preview(request, model: name), kind?.transport)
                }
            } catch {
                problem = error.message
            }
            return Target(
                upstream: target.upstream, kind: kind?.label ?? "", model: name, weight: target.weight,
                keys: Self.keys(kind?.http), retry: Self.retry(kind?.calls ?? .local), call: call, problem: problem)
        }
    }
}

extension ModelExplanation.Call {
    /// Fields of a call that hold the caller's secrets; those that the configuration sets may all be secrets.
    private static let secretNames: Set<String> = ["authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"]

    fileprivate init?(_ request: consuming TransportRequest?, _ settings: HTTPTransportSettings?) {
        guard let settings, let request = consume request else { return nil }
        url = settings.baseURL + request.path
        fields =
            settings.fields.map { HTTPField($0.name, "***") }
            + request.fields.map { Self.secretNames.contains($0.name) ? HTTPField($0.name, "***") : $0 }
        body = request.body.copy()
    }
}
