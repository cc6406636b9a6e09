import Synchronization

/// The agents that clients have made, in the memory of the process, for all workers. Each belongs to who made it, and is
/// seen by nobody else.
final class AgentDirectory: Sendable {
    private let agents = Mutex<[String: [String: AgentDefinition]]>([:])

    /// Agents of all clients together.
    static let limit = 10_000

    func agents(of owner: String) -> [AgentDefinition] {
        agents.withLock { ($0[owner] ?? [:]).values.sorted { $0.name < $1.name } }
    }

    func agent(_ name: String, of owner: String) -> AgentDefinition? { agents.withLock { $0[owner]?[name] } }

    /// False: there are as many as there may be.
    func insert(_ agent: AgentDefinition, for owner: String) -> Bool {
        agents.withLock { agents in
            let isNew = agents[owner]?[agent.name] == nil
            guard !isNew || agents.values.reduce(0, { $0 + $1.count }) < Self.limit else { return false }
            agents[owner, default: [:]][agent.name] = agent
            return true
        }
    }

    /// False: there was none.
    func remove(_ name: String, of owner: String) -> Bool {
        agents.withLock { agents in
            guard agents[owner]?.removeValue(forKey: name) != nil else { return false }
            if agents[owner]?.isEmpty == true { agents[owner] = nil }
            return true
        }
    }
}
