/// What a command came to: a view of the reply, or why there is none. Must not be kept.
package enum RedisResult {
    case success(RedisReply)
    case failure(RedisError)
}

/// Called exactly once for each command, on the loop's thread; before `send` returns if the command fails at once. The
/// reply is gone when it returns.
package typealias RedisCompletion = (RedisResult) -> Void

extension RedisResult {
    static func fail(_ completion: RedisCompletion, _ error: RedisError) { completion(.failure(error)) }

    /// Nil: there is a reply.
    package var error: RedisError? {
        switch self {
        case .success: nil
        case .failure(let error): error
        }
    }

    /// A copy of the reply, which may be kept.
    package var value: Result<RedisValue, RedisError> {
        switch self {
        case .success(let reply): .success(reply.value)
        case .failure(let error): .failure(error)
        }
    }

    /// Nil: not a reply that is an integer.
    package var integer: Int? {
        switch self {
        case .success(let reply): reply.integer
        case .failure: nil
        }
    }

    /// Whether this is the reply to `ROLE` of a server that follows another one.
    var isReplica: Bool {
        switch self {
        case .success(let reply): reply.count > 0 && reply.withElement(0) { $0.string == "slave" }
        case .failure: false
        }
    }
}
