/// Who has a connection made, and decides what follows from what happens on it.
protocol RedisConnectionOwner: AnyObject {
    /// The server has taken user, password and database, and answers.
    func connectionDidBecomeReady(_ connection: RedisConnection)
    /// A command got its reply, nil for a good one, or timed out. Comes before the command's own completion.
    func connection(_ connection: RedisConnection, didServe error: RedisError?)
    /// It ended by itself. Comes before the completions of the commands that it leaves behind.
    func connectionDidEnd(_ connection: RedisConnection, _ error: RedisError)
}
