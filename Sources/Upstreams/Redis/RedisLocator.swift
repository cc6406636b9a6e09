/// Finds the server to connect to, anew for each connection.
protocol RedisLocator: AnyObject {
    /// Calls `found` once, later or at once.
    func locate(_ found: @escaping (Result<RedisAddress, RedisError>) -> Void)
    /// Gives up; `found` is not called any more.
    func cancel()
}
