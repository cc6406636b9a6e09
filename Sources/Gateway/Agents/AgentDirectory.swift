import Synchronization
import Upstreams

/// The agents that clients have made, in the memory of the process, for all workers. Each belongs to who made it, and is
/// seen by nobody else. Where replicas share a store, these are copies of what is there.
final class AgentDirectory: Sendable {
    private let agents = Mutex<[String: [String: AgentDefinition]]>([:])

    func agents(of owner: String) -> [AgentDefinition] {
        agents.withLock { ($0[owner] ?? [:]).values.sorted { $0.name < $1.name } }
    }

    func agent(_ name: String, of owner: String) -> AgentDefinition? { agents.withLock { $0[owner]?[name] } }

    /// Adds an agent, or puts it in the place of the owner's one of this name. Throws if there are as many as there may
    /// be.
    func insert(
        _ agent: AgentDefinition, for owner: String, most settings: AgentDialectConfiguration
    ) throws(APIError) {
        try agents.withLock { (agents) throws(APIError) in
            let own = agents[owner] ?? [:]
            if own[agent.name] == nil {
                guard own.count < settings.maxAgentsPerCaller else {
                    throw .tooManyAgents(ofCaller: settings.maxAgentsPerCaller)
                }
                guard agents.values.reduce(0, { $0 + $1.count }) < settings.maxAgents else {
                    throw .tooManyAgents(inAll: settings.maxAgents)
                }
            }
            agents[owner, default: [:]][agent.name] = agent
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

extension APIError {
    static func tooManyAgents(ofCaller most: Int) -> APIError {
        tooManyAgents("You have \(most) agents, as many as a caller may; delete one first.")
    }

    static func tooManyAgents(inAll most: Int) -> APIError {
        tooManyAgents("The gateway has \(most) agents that clients have made, as many as it takes.")
    }

    private static func tooManyAgents(_ message: String) -> APIError {
        APIError(.conflict, type: "conflict_error", code: "too_many_agents", message)
    }
}
