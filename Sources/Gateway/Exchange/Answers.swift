import Policies
import Upstreams

/// The answers that need no upstream: models, health, the list of paths at the root.
struct Answers {
    let exchange: Exchange
    let head: RequestHead

    /// One whole answer.
    struct Answer: ~Copyable {
        var status = HTTPStatus.ok
        var body: ByteBuffer
    }

    func make(_ route: Route) throws(APIError) -> Answer {
        switch route {
        case .models: Answer(body: models())
        case .model: Answer(body: try model())
        case .health: Answer(body: health())
        case .v1Health: Answer(body: status("ok"))
        case .ready: ready()
        case .root: Answer(body: root())
        default: preconditionFailure("no answer of its own")
        }
    }

    // MARK: Models

    private func models() -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON {
            $0.object {
                $0.member("object", "list")
                $0.array("data") {
                    for route in exchange.runtime.models.listed where exchange.identity.mayUse(model: route.name) {
                        write(route.name, route, to: &$0)
                    }
                }
            }
        }
        return body
    }

    private func model() throws(APIError) -> ByteBuffer {
        let name = head.pathParameter(after: head.pathHasPrefix("/api") ? "/api/v1/models/" : "/v1/models/") ?? ""
        guard let route = exchange.runtime.models.route(name), exchange.identity.mayUse(model: name) else {
            throw .unknownModel(name)
        }
        var body = ByteBuffer()
        body.appendJSON { write(name, route, to: &$0) }
        return body
    }

    private func write(_ name: String, _ route: ModelTable.Route, to writer: inout JSONWriter) {
        writer.object {
            $0.member("id", name)
            $0.member("object", "model")
            $0.member("created", exchange.runtime.loadedAt)
            $0.member("owned_by", route.targets[0].upstream)
        }
    }

    // MARK: Quotas

    /// What a client has used of its budget of tokens (API page, ask dialect); of several the one with the least left.
    /// Waits for the store that replicas share, if there is one.
    func clientInfo() async throws(APIError) -> Answer {
        guard let id = head.queryItem("client_id"), !id.isEmpty else {
            throw .invalid("The query must name a 'client_id'.", param: "client_id", code: "missing_required_parameter")
        }
        let limiter = exchange.runtime.limiter
        let subjects: [LimitSubject] = [.bodyClientID, .bodyUserID, .bodyUser, .user]
        var known: [BudgetUsage] = []
        for subject in subjects where known.isEmpty {
            known = await limiter.usage(of: subject, id).filter { $0.setting.unit == .tokens }
        }
        guard let usage = known.min(by: { $0.setting.limit - $0.used < $1.setting.limit - $1.used }) else {
            throw .unknownClient(id)
        }
        var body = ByteBuffer()
        body.appendJSON {
            $0.object {
                $0.member("client_id", id)
                $0.member("quota_used", usage.used)
                $0.member("max_quota", usage.setting.limit)
            }
        }
        return Answer(body: body)
    }

    // MARK: Health

    private func status(_ text: StaticString) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { $0.object { $0.member("status", text) } }
        return body
    }

    /// What older agents' clients ask for (API page, agent dialect).
    private func health() -> ByteBuffer {
        var body = ByteBuffer()
        let shared = exchange.service.shared
        body.appendJSON {
            $0.object {
                $0.member("status", "healthy")
                $0.member("version", Version.current)
                $0.member("uptime_seconds", exchange.startedAt.seconds(since: shared.startedAt))
                $0.array("available_tools") { list in
                    guard exchange.runtime.agentDialect != nil else { return }
                    for name in exchange.runtime.toolbox.names { list.element(name) }
                }
                $0.member("active_connections", shared.connections.current)
            }
        }
        return body
    }

    private func ready() -> Answer {
        if exchange.service.shared.isDraining {
            return Answer(status: .serviceUnavailable, body: status("draining"))
        }
        guard exchange.runtime.isUsable(at: exchange.startedAt) else {
            return Answer(status: .serviceUnavailable, body: status("no upstream answers"))
        }
        return Answer(body: status("ready"))
    }

    // MARK: The root

    /// Whether the caller's listener has the route, and the configuration its dialect.
    private func isServed(_ route: Route) -> Bool {
        route.isServed(by: exchange.connection.listener.surfaces)
            && (route.section == nil || exchange.runtime.isServed(route))
    }

    private func root() -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON {
            $0.object {
                $0.member("status", "ok")
                $0.member("service", "sluice")
                $0.member("version", Version.current)
                $0.array("endpoints") {
                    for route in Route.allCases where isServed(route) { $0.element(route.pattern) }
                }
            }
        }
        return body
    }
}
