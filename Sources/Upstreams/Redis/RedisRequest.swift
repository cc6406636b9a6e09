/// A command on its way: who waits for it, and until when.
struct RedisRequest {
    let command: RedisCommand
    let deadline: MonotonicTime
    let completion: RedisCompletion
}
