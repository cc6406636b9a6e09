/// A Lua script, sent as a whole until the server has told its digest, and by the digest from then on.
///
/// One per script and client. States: unknown → loading, when it is first run → loaded.
package final class RedisScript {
    let source: String
    /// As the server told it, the same for all servers; nil: not yet.
    package private(set) var digest: String?
    private var isLoading = false

    package init(_ source: String) { self.source = source }

    /// Whether someone has to ask for the digest; true once.
    func beginLoading() -> Bool {
        if digest != nil || isLoading { return false }
        isLoading = true
        return true
    }

    /// Takes the reply to `SCRIPT LOAD`; without a good one the next run asks again.
    func didLoad(_ result: RedisResult) {
        isLoading = false
        switch result {
        case .success(let reply): digest = reply.string
        case .failure: break
        }
    }

    /// `EVALSHA` if the digest is known and wanted, else `EVAL`.
    func command(keys: [String], arguments: RedisArguments, byDigest: Bool) -> RedisCommand {
        var command: RedisCommand
        if byDigest, let digest {
            command = RedisCommand("EVALSHA")
            command.add(digest)
        } else {
            command = RedisCommand("EVAL")
            command.add(source)
        }
        let names = keys.reduce(0) { $0 + $1.utf8.count }
        command.reserve(bytes: names + arguments.bytes.count + 8, count: keys.count + arguments.count + 1)
        command.add(keys.count)
        for key in keys { command.addKey(key) }
        command.add(contentsOf: arguments)
        return command
    }
}
