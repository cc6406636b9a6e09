import Testing

@testable import Gateway

/// Which path is which route.
struct RouteTests {
    @Test(
        arguments: [
            ("/v1/chat/completions", Route.chatCompletions), ("/api/v1/chat/completions", .chatCompletions),
            ("/v1/messages", .messages), ("/api/v1/messages?beta=true", .messages),
            ("/v1/messages/count_tokens", .countTokens), ("/v1/messages/", nil),
            ("/v1/completions", .completions), ("/api/v1/completions", .completions), ("/v1/ask", .ask),
            ("/api/v1/ask", .ask), ("/chat", .chat), ("/api/chat", .chat),
            ("/ws", .webSocket), ("/api/ws", .webSocket), ("/agents", .agents), ("/api/agents/x", .agent),
            ("/agents/x%20y", .agent),
            ("/chat/stream", .chatStream), ("/api/chat/stream", .chatStream), ("/generate-code", .generateCode),
            ("/generate-code/", .generateCode), ("/api/generate-code", .generateCode),
            ("/api/generate-code/", .generateCode), ("/v1/chat", nil), ("/api/v1/chat", nil), ("/chat/", nil),
            ("/generate-code//", nil), ("/api", nil), ("/api/", nil), ("/api/api/chat", nil),
            ("/v1/models", .models), ("/api/v1/models", .models), ("/v1/models/gpt-4o", .model),
            ("/v1/models/a/b", .model), ("/api/v1/models/x", .model), ("/", .root), ("/?x=1", .root),
            ("/v1/responses", .responses), ("/api/v1/responses", .responses), ("/v1/responses/", nil),
            ("/v1/responses/resp_1", .response), ("/api/v1/responses/resp_1/cancel", .responseCancel),
            ("/health", .health),
            ("/v1/health", .v1Health), ("/api/v1/health", .v1Health), ("/ready", .ready), ("/metrics", .metrics),
            ("/v1/client/info?client_id=a", .clientInfo), ("/api/v1/client/info", .clientInfo),
            ("/admin/config", .adminConfig), ("/admin/usage?format=csv", .adminUsage),
            ("/admin/explain", .adminExplain), ("/admin/reload", .adminReload),
            ("/admin/drain", .adminDrain), ("/admin/cache?key=1", .adminCache), ("/admin", nil), ("/admin/", nil),
            ("/api/admin/config", nil), ("/admin/requests", .adminRequests), ("/admin/requests/0-1", .adminRequest),
            ("/admin/requests/", nil), ("/admin/history", .adminHistory), ("/admin/tasks", .adminTasks),
            ("/admin/tasks/x", .adminTask), ("/admin/tasks/", nil), ("/api/admin/tasks", nil),
            ("/admin/upstreams", .adminUpstreams), ("/admin/log-level", .adminLogLevel),
            ("/admin/keys", .adminKeys), ("/admin/keys/", nil), ("/admin/keys/a%2Fb", .adminKey),
            ("/admin/keys/a/rotate", .adminKeyRotation), ("/admin/keys/rotate", .adminKey),
            ("/v1/models?limit=1", .models), ("/v1/chat/completions/", nil), ("/V1/models", nil),
            ("/docs", .docs), ("/redoc", .redoc), ("/ui", .console),
            ("/openapi.json", .openapi), ("/results/a", .resultPage),
            ("/assets/0/base.css", .asset), ("/docs/", nil), ("/results", nil), ("/assets", nil), ("/api/docs", nil),
            ("/api/health", nil), ("/api/metrics", nil), ("/api/v2/models", nil), ("/healthz", nil),
            ("//v1/models", nil), ("/v1/status/x", .taskStatus), ("/api/v1/status/x", .taskStatus),
            ("/v1/results/x", .taskResults), ("/v1/tasks/x", .task), ("/v1/tasks/", nil),
            ("/results/", nil), ("/?id=x", .root),
        ] as [(String, Route?)])
    func `a path is found as it stands`(path: String, route: Route?) throws {
        #expect(Route.find(try .reading("GET \(path) HTTP/1.1")) == route)
    }

    @Test func `completions and what operators cause are posted, what is kept or runs is deleted, all else is read`() {
        let posted: Set<Route> = [
            .chatCompletions, .completions, .ask, .chat, .chatStream, .generateCode, .messages, .countTokens,
            .embeddings, .moderations, .responses, .adminExplain, .adminReload, .adminDrain,
            .adminKeyRotation,
        ]
        for method in [HTTPMethod.get, .head, .post] { #expect(Route.adminKeys.allows(method)) }
        #expect(!Route.adminKeys.allows(.delete))
        for method in [HTTPMethod.get, .head, .post, .delete] { #expect(Route.agent.allows(method)) }
        for route in Route.allCases where route != .agent && route != .adminKeys && route.relayed == nil {
            #expect(route.allows(.post) == posted.contains(route))
            let isDeleted = [.adminCache, .adminRequest, .adminTask, .adminKey, .task].contains(route)
            let isRead = !posted.contains(route) && !isDeleted
            #expect(route.allows(.get) == isRead && route.allows(.head) == isRead)
            #expect(route.allows(.delete) == isDeleted && !route.allows(.other))
            #expect(route.allows(.put) == (route == .adminLogLevel))
        }
    }

    @Test func `what is relayed takes the methods that OpenAI has there, and never HEAD`() {
        let taken: [Route: [HTTPMethod]] = [
            .files: [.get, .post], .batches: [.get, .post], .file: [.get, .delete], .fileContent: [.get],
            .response: [.get, .delete],
            .batch: [.get],
        ]
        for route in Route.allCases where route.relayed != nil {
            for method in [HTTPMethod.get, .head, .post, .put, .delete] {
                #expect(route.allows(method) == (taken[route] ?? [.post]).contains(method), "\(method) \(route)")
            }
        }
    }

    @Test(
        arguments: [
            ("/v1/files/f-1", .file, "/files/f-1"), ("/api/v1/files/f.1/content", .fileContent, "/files/f.1/content"),
            ("/v1/batches/%62/cancel", .batchCancel, "/batches/b/cancel"),
            ("/v1/images/edits", .imageEdits, "/images/edits"),
            ("/v1/responses/r_1", .response, "/responses/r_1"),
            ("/api/v1/responses/r-1/cancel", .responseCancel, "/responses/r-1/cancel"),
            ("/v1/responses/..", nil, ""), ("/v1/responses/a/b", nil, ""),
            ("/api/v1/files", .files, "/files"), ("/v1/files/", nil, ""), ("/v1/files/..", nil, ""),
            ("/v1/files/%2e%2e", nil, ""), ("/v1/files/a%2Fb", nil, ""), ("/v1/files/a/b", nil, ""),
            ("/v1/files/a/content/", nil, ""), ("/v1/batches/a%00", nil, ""), ("/v1/files//content", nil, ""),
        ] as [(String, Route?, String)])
    func `what is relayed goes to the same place at the provider`(path: String, route: Route?, place: String) throws {
        let head = try RequestHead.reading("GET \(path)?x=1 HTTP/1.1")
        #expect(Route.find(head) == route)
        if let route { #expect(route.providerPath(head) == place) }
    }

    @Test func `only pages and what load balancers ask are public`() {
        let pages: [Route] = [.openapi, .docs, .redoc, .console, .resultPage, .asset]
        #expect(Route.allCases.filter(\.isPublic) == [.root, .health, .v1Health, .ready] + pages)
        for route in pages {
            #expect(route.isServed(by: [.api]) && route.isServed(by: [.admin]) && !route.isServed(by: [.metrics]))
        }
        #expect(!Route.models.isServed(by: [.admin]) && !Route.adminConfig.isServed(by: [.api]))
    }
}
