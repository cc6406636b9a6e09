/// What the gateway answers: every path with its methods and the surface it belongs to (API page).
enum Route: UInt8, CaseIterable {
    case chatCompletions, chatEvents
    case completions, ask, chat, chatStream, generateCode
    case embeddings, moderations
    case messages, countTokens
    case webSocket, agents, agent
    case models, model
    case clientInfo
    case taskStatus, taskResults, task
    case root
    case health, v1Health, ready
    case metrics
    case adminConfig, adminUsage, adminExplain, adminCache, adminReload, adminDrain
    case adminRequests, adminRequest, adminHistory, adminTasks, adminTask, adminUpstreams, adminLogLevel
    case adminKeys, adminKeyRotation, adminKey
    case openapi, docs, redoc, console, resultPage, asset
    case imageGenerations, imageEdits, imageVariations, speech, transcriptions, translations
    case files, file, fileContent, batches, batch, batchCancel
    case responses, response, responseCancel

    /// The path as metrics name it.
    var pattern: StaticString {
        switch self {
        case .chatCompletions: "/v1/chat/completions"
        case .chatEvents: "/v1/chat/completions/{stream}/events"
        case .completions: "/v1/completions"
        case .ask: "/v1/ask"
        case .chat: "/chat"
        case .chatStream: "/chat/stream"
        case .generateCode: "/generate-code/"
        case .embeddings: "/v1/embeddings"
        case .moderations: "/v1/moderations"
        case .messages: "/v1/messages"
        case .countTokens: "/v1/messages/count_tokens"
        case .webSocket: "/ws"
        case .agents: "/agents"
        case .agent: "/agents/{name}"
        case .models: "/v1/models"
        case .model: "/v1/models/{id}"
        case .clientInfo: "/v1/client/info"
        case .taskStatus: "/v1/status/{id}"
        case .taskResults: "/v1/results/{id}"
        case .task: "/v1/tasks/{id}"
        case .root: "/"
        case .health: "/health"
        case .v1Health: "/v1/health"
        case .ready: "/ready"
        case .metrics: "/metrics"
        case .adminConfig: "/admin/config"
        case .adminUsage: "/admin/usage"
        case .adminExplain: "/admin/explain"
        case .adminCache: "/admin/cache"
        case .adminReload: "/admin/reload"
        case .adminDrain: "/admin/drain"
        case .adminRequests: "/admin/requests"
        case .adminRequest: "/admin/requests/{id}"
        case .adminHistory: "/admin/history"
        case .adminTasks: "/admin/tasks"
        case .adminTask: "/admin/tasks/{id}"
        case .adminUpstreams: "/admin/upstreams"
        case .adminLogLevel: "/admin/log-level"
        case .adminKeys: "/admin/keys"
        case .adminKeyRotation: "/admin/keys/{id}/rotate"
        case .adminKey: "/admin/keys/{id}"
        case .openapi: "/openapi.json"
        case .docs: "/docs"
        case .redoc: "/redoc"
        case .console: "/ui"
        case .resultPage: "/results/{id}"
        case .asset: "/assets/{version}/{name}"
        case .imageGenerations: "/v1/images/generations"
        case .imageEdits: "/v1/images/edits"
        case .imageVariations: "/v1/images/variations"
        case .speech: "/v1/audio/speech"
        case .transcriptions: "/v1/audio/transcriptions"
        case .translations: "/v1/audio/translations"
        case .files: "/v1/files"
        case .file: "/v1/files/{id}"
        case .fileContent: "/v1/files/{id}/content"
        case .batches: "/v1/batches"
        case .batch: "/v1/batches/{id}"
        case .batchCancel: "/v1/batches/{id}/cancel"
        case .responses: "/v1/responses"
        case .response: "/v1/responses/{id}"
        case .responseCancel: "/v1/responses/{id}/cancel"
        }
    }

    var surface: ListenerConfiguration.Surface {
        switch self {
        case .chatCompletions, .chatEvents, .completions, .ask, .chat, .chatStream, .generateCode: .api
        case .embeddings, .moderations, .responses, .response, .responseCancel: .api
        case .imageGenerations, .imageEdits, .imageVariations, .speech, .transcriptions, .translations: .api
        case .files, .file, .fileContent, .batches, .batch, .batchCancel: .api
        case .messages, .countTokens, .webSocket, .agents, .agent, .models, .model, .clientInfo, .root: .api
        case .taskStatus, .taskResults, .task: .api
        case .openapi, .docs, .redoc, .console, .resultPage, .asset: .api
        case .health, .v1Health, .ready: .health
        case .metrics: .metrics
        case .adminConfig, .adminUsage, .adminExplain, .adminCache, .adminReload, .adminDrain: .admin
        case .adminRequests, .adminRequest, .adminHistory, .adminTasks, .adminTask, .adminUpstreams: .admin
        case .adminLogLevel, .adminKeys, .adminKeyRotation, .adminKey: .admin
        }
    }

    /// Whether it is one of the pages, or what they are made of. Operators look at them, too.
    var isPage: Bool {
        switch self {
        case .openapi, .docs, .redoc, .console, .resultPage, .asset: true
        default: false
        }
    }

    /// Whether a listener with these surfaces has it.
    func isServed(by surfaces: Set<ListenerConfiguration.Surface>) -> Bool {
        surfaces.contains(surface) || (isPage || self == .root) && surfaces.contains(.admin)
    }

    /// The section of the configuration that has its dialect served; nil: it has none, or one that always is.
    var section: StaticString? {
        switch self {
        case .ask: "dialects.ask"
        case .chat, .chatStream: "dialects.question"
        case .generateCode: "dialects.code"
        case .webSocket, .agents, .agent: "dialects.agent"
        default: nil
        }
    }

    /// What clients of a completion speak there; nil: the path is for something else, or the dialect is not configured.
    func dialect(_ configuration: DialectsConfiguration) -> (any Dialect)? {
        switch self {
        case .chatCompletions: ChatDialect()
        case .completions: TextCompletionDialect()
        case .ask: configuration.ask.map { AskDialect($0) }
        case .chat, .chatStream: configuration.question.map { QuestionDialect($0) }
        case .generateCode: configuration.code.map { CodeDialect($0) }
        case .embeddings: EmbeddingsDialect()
        case .moderations: ModerationsDialect(configuration.openai)
        case .messages, .countTokens: MessagesDialect()
        case .responses: ResponsesDialect()
        default: nil
        }
    }

    /// Whether agents answer there, alone or besides a dialect.
    var isForAgents: Bool {
        switch self {
        case .chat, .chatStream, .webSocket, .agents, .agent: true
        default: false
        }
    }

    /// As the `allow` field writes them.
    var methods: StaticString {
        switch self {
        case .agent: return "GET, HEAD, POST, DELETE, OPTIONS"
        case .adminLogLevel: return "GET, HEAD, PUT, OPTIONS"
        case .files, .batches: return "GET, POST, OPTIONS"
        case .file, .response: return "GET, DELETE, OPTIONS"
        case .fileContent, .batch: return "GET, OPTIONS"
        case .adminKeys: return "GET, HEAD, POST, OPTIONS"
        default: break
        }
        return switch method {
        case .post: "POST, OPTIONS"
        case .delete: "DELETE, OPTIONS"
        default: "GET, HEAD, OPTIONS"
        }
    }

    /// What it is called by; with `get` also `head`.
    private var method: HTTPMethod {
        switch self {
        case .chatCompletions, .completions, .ask, .chat, .chatStream, .generateCode, .messages, .countTokens: .post
        case .imageGenerations, .imageEdits, .imageVariations, .speech, .transcriptions, .translations: .post
        case .batchCancel, .responseCancel: .post
        case .embeddings, .moderations, .responses, .adminExplain, .adminReload, .adminDrain: .post
        case .adminKeyRotation: .post
        case .adminCache, .adminRequest, .adminTask, .adminKey, .task: .delete
        default: .get
        }
    }

    func allows(_ method: HTTPMethod) -> Bool {
        switch self {
        case .agent where method == .post || method == .delete: true
        case .adminLogLevel where method == .put: true
        case .adminKeys where method == .post: true
        case .files, .batches: method == .get || method == .post
        case .file, .response: method == .get || method == .delete
        case .fileContent, .batch: method == .get
        default: method == self.method || method == .head && self.method == .get
        }
    }

    /// Whether operators send a body there.
    var takesOperatorsBody: Bool {
        switch self {
        case .adminExplain, .adminKeys, .adminKeyRotation, .adminLogLevel: true
        default: false
        }
    }

    /// Whether anyone may call it, whatever the auth policy says: what a load balancer asks is no secret, nor are pages
    /// without what they show.
    var isPublic: Bool { surface == .health || self == .root || isPage }

    /// The route of a path; what clients of the API ask for may have `/api` in front.
    static func find(_ head: RequestHead) -> Route? {
        let isPrefixed = head.pathHasPrefix("/api/")
        for route in allCases where route.matches(head, isPrefixed: isPrefixed) { return route }
        return nil
    }

    /// The route of a request whose path one of `surfaces` serves, by a method that it takes.
    static func check(
        _ route: Route?, _ head: RequestHead, _ surfaces: Set<ListenerConfiguration.Surface>, method: String
    ) throws(APIError) -> Route {
        guard let route, route.isServed(by: surfaces) else { throw .unknownPath(method, head.path) }
        guard head.method == .options || route.allows(head.method) else {
            throw .wrongMethod(method, allowed: route.methods.description)
        }
        return route
    }

    private func matches(_ head: RequestHead, isPrefixed: Bool) -> Bool {
        switch self {
        case .generateCode:
            head.pathEquals(isPrefixed ? "/api/generate-code/" : "/generate-code/")
                || head.pathEquals(isPrefixed ? "/api/generate-code" : "/generate-code")
        case .chatEvents:
            head.pathHasPrefix(isPrefixed ? "/api/v1/chat/completions/" : "/v1/chat/completions/")
                && head.pathHasSuffix("/events")
        case .model:
            head.pathHasPrefix(isPrefixed ? "/api/v1/models/" : "/v1/models/")
        case .agent:
            head.pathHasPrefix(isPrefixed ? "/api/agents/" : "/agents/")
        case .taskStatus, .taskResults, .task:
            taskID(head, isPrefixed: isPrefixed) != nil
        case .chatCompletions, .completions, .ask, .chat, .chatStream, .messages, .countTokens, .webSocket, .agents,
            .models, .v1Health, .clientInfo, .embeddings, .moderations, .imageGenerations, .imageEdits,
            .imageVariations, .speech, .transcriptions, .translations, .files, .batches, .responses:
            head.pathEquals(pattern, after: isPrefixed ? "/api" : "")
        case .resultPage: taskID(head, isPrefixed: isPrefixed) != nil
        case .file, .fileContent, .batch, .batchCancel, .response, .responseCancel:
            objectID(head, isPrefixed: isPrefixed) != nil
        case .asset: head.pathHasPrefix("/assets/")
        case .adminRequest, .adminTask, .adminKeyRotation, .adminKey: operatorsID(head) != nil
        case .root, .health, .ready, .metrics, .adminConfig, .adminUsage, .adminExplain, .adminCache, .adminReload,
            .adminDrain, .adminRequests, .adminHistory, .adminTasks, .adminUpstreams, .adminLogLevel, .adminKeys,
            .openapi,
            .docs, .redoc, .console:
            head.pathEquals(pattern)
        }
    }

    /// The id in the path of a route for one task.
    func taskID(_ head: RequestHead, isPrefixed: Bool) -> String? {
        switch self {
        case .taskStatus: head.pathParameter(after: isPrefixed ? "/api/v1/status/" : "/v1/status/")
        case .taskResults: head.pathParameter(after: isPrefixed ? "/api/v1/results/" : "/v1/results/")
        case .task: head.pathParameter(after: isPrefixed ? "/api/v1/tasks/" : "/v1/tasks/")
        case .resultPage: head.pathParameter(after: "/results/")
        case .root: head.queryItem("id")
        default: nil
        }
    }

    /// The same, whatever stands before it.
    func taskID(_ head: RequestHead) -> String? { taskID(head, isPrefixed: head.pathHasPrefix("/api/")) }

    /// The id in the path of an operators' route for one request, task or key.
    func operatorsID(_ head: RequestHead) -> String? {
        switch self {
        case .adminRequest: head.pathParameter(after: "/admin/requests/")
        case .adminTask: head.pathParameter(after: "/admin/tasks/")
        case .adminKeyRotation: head.pathParameter(after: "/admin/keys/", before: "/rotate")
        case .adminKey: head.pathParameter(after: "/admin/keys/")
        default: nil
        }
    }
}
