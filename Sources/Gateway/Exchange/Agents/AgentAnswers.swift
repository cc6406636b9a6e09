import Upstreams

/// The answers of `GET /agents`, and of `GET`, `POST` and `DELETE /agents/{name}`.
struct AgentAnswers {
    let exchange: Exchange

    func answerAll() async {
        do throws(APIError) {
            send(try await list())
        } catch {
            exchange.answer(error)
        }
    }

    func answerOne(_ body: consuming ByteBuffer) async {
        do throws(APIError) {
            let name = try name()
            switch exchange.connection.head.method {
            case .post: send(try await make(name, body))
            case .delete: send(try await remove(name))
            default: send(try await describe(name))
            }
        } catch {
            exchange.answer(error)
        }
    }

    private func send(_ answer: borrowing ByteBuffer) {
        exchange.send(.ok, answer) { $0.append("content-type: application/json\r\n") }
        exchange.finish(.completed)
    }

    private func name() throws(APIError) -> String {
        let head = exchange.connection.head
        let prefix: StaticString = head.pathHasPrefix("/api/") ? "/api/agents/" : "/agents/"
        guard let name = head.pathParameter(after: prefix), name.utf8.count <= AgentDefinition.maxNameBytes else {
            throw .invalid("An agent's name has 1 to \(AgentDefinition.maxNameBytes) bytes.", param: "name")
        }
        return name
    }

    private var keeper: any AgentKeeper { exchange.service.agents }

    private func isReadOnly(_ name: String) -> Bool { exchange.runtime.agents[name] != nil }

    private func list() async throws(APIError) -> ByteBuffer {
        let made = try await Wakeup.answer { keeper.names(of: exchange.agentOwner, $0) }.get()
        let names = exchange.runtime.configuration.agents.map(\.name) + made.filter { !isReadOnly($0) }
        return json {
            $0.array("agents") { list in for name in names { list.element(name) } }
            $0.member("count", names.count)
        }
    }

    private func describe(_ name: String) async throws(APIError) -> ByteBuffer {
        let agent = try await Wakeup.answer { exchange.findAgent(name, $0) }.get()
        var answer = ByteBuffer()
        answer.appendJSON { agent.write(to: &$0, isReadOnly: isReadOnly(name)) }
        return answer
    }

    private func make(_ name: String, _ body: borrowing ByteBuffer) async throws(APIError) -> ByteBuffer {
        try requireOwn(name)
        let keys: [StaticString] = ["name", "instructions", "model", "max_parallel_tools", "tool_call_timeout"]
        let document = try exchange.service.parser.document(body)
        let agent = try AgentDefinition(RequestBody(document, guarding: keys), name: name)
        try exchange.requireModel(agent.model)
        let settings = exchange.agentSettings
        try await Wakeup.answer { keeper.insert(agent, for: exchange.agentOwner, most: settings, $0) }.get()
        return json {
            $0.member("message", "Agent '\(name)' is ready.")
            $0.member("tools_count", exchange.runtime.toolbox.names.count)
        }
    }

    private func remove(_ name: String) async throws(APIError) -> ByteBuffer {
        try requireOwn(name)
        let wasThere = try await Wakeup.answer { keeper.remove(name, of: exchange.agentOwner, $0) }.get()
        guard wasThere else { throw .unknownAgent(name) }
        return json { $0.member("message", "Agent '\(name)' is gone.") }
    }

    private func requireOwn(_ name: String) throws(APIError) {
        guard !isReadOnly(name) else {
            throw APIError(
                .conflict, type: "conflict_error", code: "agent_read_only", param: "name",
                "The agent '\(name)' is part of the configuration and cannot be changed here.")
        }
    }

    private func json(_ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        var text = ByteBuffer()
        text.appendJSON { $0.object(members) }
        return text
    }
}
