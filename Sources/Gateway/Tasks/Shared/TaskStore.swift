import Upstreams

/// Where replicas keep the tasks that they share, as one worker reaches it.
struct TaskStore {
    let client: RedisClient
    let keys: TaskKeys
    let scripts = TaskScripts()

    func run(
        _ script: RedisScript, _ keys: [String], _ arguments: RedisArguments, _ done: @escaping RedisCompletion
    ) {
        client.run(script, keys: keys, arguments: arguments, done)
    }

    func run(
        _ script: RedisScript, _ keys: [String], _ arguments: RedisArguments
    ) async throws(RedisError) -> RedisValue {
        try await Wakeup.answer { done in run(script, keys, arguments) { done($0.value) } }.get()
    }
}
