/// What the gateway answers: every path with its methods and the surface it belongs to (API page).
enum Route: UInt8, CaseIterable {
    case chatCompletions, chatEvents
    case models, model
    case root
    case health, v1Health, ready
    case metrics

    /// The path as metrics name it.
    var pattern: StaticString {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .chatEvents: "/v1/chat/completions/{stream}/events"
        case .models: "/v1/models"
        case .model: "/v1/models/{id}"
        case .root: "/"
        case .health: "/health"
        case .v1Health: "/v1/health"
        case .ready: "/ready"
        case .metrics: "/metrics"
        }
    }

    var surface: ListenerConfiguration.Surface {
        switch self {
        case .chatCompletions, .chatEvents, .models, .model, .root: .api
        case .health, .v1Health, .ready: .health
        case .metrics: .metrics
        }
    }

    /// As the `allow` field writes them.
    var methods: StaticString {
        switch self {
        case .chatCompletions: "POST, OPTIONS"
        default: "GET, HEAD, OPTIONS"
        }
    }

    func allows(_ method: HTTPMethod) -> Bool {
        switch self {
        case .chatCompletions: method == .post
        default: method == .get || method == .head
        }
    }

    /// Whether anyone may call it, whatever the auth policy says: what a load balancer asks is no secret.
    var isPublic: Bool { surface == .health || self == .root }

    /// The route of a path; `/api/v1/…` is the same as `/v1/…`.
    static func find(_ head: RequestHead) -> Route? {
        let isPrefixed = head.pathHasPrefix("/api/v1/")
        for route in allCases where route.matches(head, isPrefixed: isPrefixed) { return route }
        return nil
    }

    private func matches(_ head: RequestHead, isPrefixed: Bool) -> Bool {
        switch self {
        case .chatCompletions:
            head.pathEquals(isPrefixed ? "/api/v1/chat/completions" : "/v1/chat/completions")
        case .chatEvents:
            head.pathHasPrefix(isPrefixed ? "/api/v1/chat/completions/" : "/v1/chat/completions/")
                && head.pathHasSuffix("/events")
        case .models:
            head.pathEquals(isPrefixed ? "/api/v1/models" : "/v1/models")
        case .model:
            head.pathHasPrefix(isPrefixed ? "/api/v1/models/" : "/v1/models/")
        case .v1Health:
            head.pathEquals(isPrefixed ? "/api/v1/health" : "/v1/health")
        case .root, .health, .ready, .metrics:
            head.pathEquals(pattern)
        }
    }
}
