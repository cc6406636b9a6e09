/// Finds the server to connect to, anew for each connection, and looks on until there is one.
protocol RedisLocator: AnyObject {
    /// Hears, between `locate` and `rest`, that another server than before is to be tried, at once.
    var didMove: (RedisAddress) -> Void { get set }
    /// Calls `found` once, later or at once, and looks on.
    func locate(_ found: @escaping (Result<RedisAddress, RedisError>) -> Void)
    /// Looks no more: the server is found, or nobody wants it. `found` is not called any more.
    func rest()
}
