import Upstreams

/// One worker's side of the agents that clients have made and all replicas know, in Redis.
///
/// Each look is one at Redis, so that an agent that was made, changed or removed at one replica is so at all from the
/// answer on. What this process has seen of agents it keeps as copies, with which chats go on while Redis does not answer;
/// then nothing can be listed or changed.
final class RedisAgents: AgentKeeper {
    private let client: RedisClient
    private let prefix: String
    private let copies: AgentDirectory
    private let parser: JSONParser
    private let scripts = AgentScripts()

    /// `copies`: of all workers of the process.
    init(_ client: RedisClient, prefix: String, copies: AgentDirectory, parser: JSONParser) {
        self.client = client
        self.prefix = prefix
        self.copies = copies
        self.parser = parser
    }

    /// A caller's agents: a hash of names and JSON. All names share a hash tag: in a cluster one server has them all.
    private func key(_ owner: String) -> String {
        "\(prefix){agents}:of:\(SHA256.hash(Array(owner.utf8)).hexadecimal)"
    }

    /// How many there are.
    private var count: String { "\(prefix){agents}:count" }

    // MARK: Looking

    func names(of owner: String, _ done: @escaping (Result<[String], APIError>) -> Void) {
        client.send(RedisCommand("HKEYS", key: key(owner))) { result in
            guard case .success(let reply) = result else { return done(.failure(.agentsAway)) }
            done(.success((0..<reply.count).compactMap { reply.withElement($0) { $0.string } }.sorted()))
        }
    }

    func agent(
        _ name: String, of owner: String, most settings: AgentDialectConfiguration,
        _ done: @escaping (Result<AgentDefinition?, APIError>) -> Void
    ) {
        client.send(RedisCommand("HGET", key: key(owner), name)) { [copies, parser] result in
            switch result {
            case .failure:
                let copy = copies.agent(name, of: owner)
                done(copy == nil ? .failure(.agentsAway) : .success(copy))
            case .success(let reply):
                let agent = reply.withBytes { AgentDefinition(stored: $0, name: name, parser) }
                _ = copies.remove(name, of: owner)
                // One that there is no room for is not kept.
                if let agent { try? copies.insert(agent, for: owner, most: settings) }
                done(.success(agent))
            }
        }
    }

    // MARK: Changes

    func insert(
        _ agent: AgentDefinition, for owner: String, most settings: AgentDialectConfiguration,
        _ done: @escaping (Result<Void, APIError>) -> Void
    ) {
        var text = ByteBuffer()
        text.appendJSON { agent.write(to: &$0, isReadOnly: false) }
        var arguments = RedisArguments()
        arguments.add(agent.name)
        text.withBytes { arguments.add($0) }
        arguments.add(settings.maxAgentsPerCaller)
        arguments.add(settings.maxAgents)
        client.run(scripts.insert, keys: [key(owner), count], arguments: arguments) { [copies] result in
            switch result.integer {
            case 0?:
                try? copies.insert(agent, for: owner, most: settings)
                done(.success(()))
            case 1?: done(.failure(.tooManyAgents(ofCaller: settings.maxAgentsPerCaller)))
            case 2?: done(.failure(.tooManyAgents(inAll: settings.maxAgents)))
            default: done(.failure(.agentsAway))
            }
        }
    }

    func remove(_ name: String, of owner: String, _ done: @escaping (Result<Bool, APIError>) -> Void) {
        var arguments = RedisArguments()
        arguments.add(name)
        client.run(scripts.remove, keys: [key(owner), count], arguments: arguments) { [copies] result in
            guard let removed = result.integer else { return done(.failure(.agentsAway)) }
            _ = copies.remove(name, of: owner)
            done(.success(removed == 1))
        }
    }
}

extension AgentDefinition {
    /// As `write(to:isReadOnly:)` has written it; nil: there is none, or it is something else.
    fileprivate init?(stored text: RawSpan, name: String, _ parser: JSONParser) {
        guard text.byteCount > 0, let root = try? parser.parse(text).root else { return nil }
        do throws(APIError) {
            try self.init(RequestBody(root), name: name)
        } catch {
            return nil
        }
    }
}

extension APIError {
    fileprivate static let agentsAway = APIError.unavailable(
        "Agents that clients make are in a store that does not answer now; try again.", retryAfter: 1000)
}
