/// The agents that clients have made, in the memory of this process.
final class LocalAgents: AgentKeeper {
    private let directory: AgentDirectory

    init(_ directory: AgentDirectory) { self.directory = directory }

    func names(of owner: String, _ done: @escaping (Result<[String], APIError>) -> Void) {
        done(.success(directory.agents(of: owner).map(\.name)))
    }

    func agent(
        _ name: String, of owner: String, most settings: AgentDialectConfiguration,
        _ done: @escaping (Result<AgentDefinition?, APIError>) -> Void
    ) {
        done(.success(directory.agent(name, of: owner)))
    }

    func insert(
        _ agent: AgentDefinition, for owner: String, most settings: AgentDialectConfiguration,
        _ done: @escaping (Result<Void, APIError>) -> Void
    ) {
        done(Result { () throws(APIError) in try directory.insert(agent, for: owner, most: settings) })
    }

    func remove(_ name: String, of owner: String, _ done: @escaping (Result<Bool, APIError>) -> Void) {
        done(.success(directory.remove(name, of: owner)))
    }
}
