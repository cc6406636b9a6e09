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
        /// Nil: the gateway answers itself, or the request goes nowhere.
        let call: Call?
        /// Why the provider cannot be asked for it; nil: it can.
        let problem: String?
    }

    /// The model's name in the configuration, perhaps with stars.
    let name: String
    let contextTokens: Int?
    let targets: [Target]

    /// `request`: as the policies leave it; nil: it is refused.
    init(_ route: ModelTable.Route, _ request: CompletionRequest?, asked model: String, _ runtime: Runtime) {
        name = route.name
        contextTokens = route.contextTokens
        targets = route.targets.map { target in
            let name = target.model ?? model
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
                upstream: target.upstream, kind: kind?.label ?? "", model: name, weight: target.weight, call: call,
                problem: problem)
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
