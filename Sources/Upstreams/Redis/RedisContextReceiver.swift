/// Who owns a hiredis context and hears what comes on it.
protocol RedisContextReceiver: AnyObject {
    /// The reply to the oldest command without one.
    func contextDidReceive(_ reply: RedisReply)
    /// The connection ended by itself; nothing is heard afterwards, and no more replies come.
    func contextDidEnd(_ error: RedisError)
}
