/// One worker's way to the agents that clients have made.
///
/// Belongs to the worker's loop and outlives reloads. `LocalAgents` keeps them in this process, `RedisAgents` in Redis for
/// all replicas. Each agent belongs to who made it, and is seen by nobody else. `done` is called once, perhaps before the
/// call returns, and within the time that a command may take; what cannot be known or kept now is a failure with 503.
protocol AgentKeeper: AnyObject {
    /// In alphabetical order.
    func names(of owner: String, _ done: @escaping (Result<[String], APIError>) -> Void)
    /// Nil: there is none of this name.
    func agent(
        _ name: String, of owner: String, most settings: AgentDialectConfiguration,
        _ done: @escaping (Result<AgentDefinition?, APIError>) -> Void)
    /// Adds an agent, or puts it in the place of the owner's one of this name. Fails if there are as many as there may be.
    func insert(
        _ agent: AgentDefinition, for owner: String, most settings: AgentDialectConfiguration,
        _ done: @escaping (Result<Void, APIError>) -> Void)
    /// False: there was none.
    func remove(_ name: String, of owner: String, _ done: @escaping (Result<Bool, APIError>) -> Void)
}
