import Upstreams

/// Reads the streams that one worker follows, all of them with one blocking command on a connection of its own.
///
/// The command is ended and sent anew when a stream is added. In a cluster no command reads keys of several slots: there
/// each stream is asked for again and again, unless all of them share one. States: idle (nothing is followed) → reading → idle.
final class LogFeed {
    private let client: RedisClient
    private let loop: EventLoop
    private let makeReader: () -> RedisClient
    private let blockMilliseconds: Int
    /// Whether no single command can read all of them.
    private let isSpread: Bool
    private var reader: RedisClient?
    /// By the names of their streams.
    private var followers: [String: any StreamFollower] = [:]
    /// For whom the command waits that is at the server; nil: none does.
    private var asked: [String: any StreamFollower]?
    private var fetching: Set<String> = []
    private var timer: (any ReactorTimer)?
    private var interruptTimer: (any ReactorTimer)?
    private var isInterrupting = false

    /// Records of one log that are read at a time.
    private static let batch = 256
    /// Milliseconds between two looks at a log in a cluster.
    private static let pollMilliseconds = 20
    /// Logs in one command that are worth a pause of a millisecond before the next.
    private static let logsPerMillisecond = 64
    /// Milliseconds until a read that failed is tried again.
    private static let pauseMilliseconds = 100

    /// - Parameters:
    ///   - blockMilliseconds: how long a command waits at the server.
    ///   - sharesSlot: whether the names of all streams lie in one slot of a cluster.
    init(_ link: RedisLink, loop: EventLoop, blockMilliseconds: Int, sharesSlot: Bool = false) {
        client = link.client
        isSpread = link.client.settings.isCluster && !sharesSlot
        makeReader = { [unowned link] in link.makeBlockingClient() }
        self.loop = loop
        self.blockMilliseconds = blockMilliseconds
        timer = loop.timer { [unowned self] in read() }
        interruptTimer = loop.timer { [unowned self] in interrupt() }
    }

    deinit { reader?.close() }

    // MARK: Logs

    /// Begins to follow: what there is comes without waiting for the command that blocks.
    func add(_ follower: any StreamFollower, _ name: String) {
        followers[name] = follower
        fetch(follower, name) { [weak self] in self?.rearm() }
    }

    func remove(_ name: String) { followers[name] = nil }

    private func fetch(_ follower: any StreamFollower, _ name: String, _ done: @escaping () -> Void) {
        guard fetching.insert(name).inserted else { return }
        var command = Self.command(block: nil)
        command.addKey(name)
        command.add(follower.lastID)
        client.send(command) { [weak self] result in
            guard let self else { return }
            fetching.remove(name)
            // Another one may follow by now, from the beginning.
            guard let current = followers[name], current === follower else {
                if let current = followers[name] { fetch(current, name, done) } else { done() }
                return
            }
            take(result, for: [name: follower])
            if result.error != nil { follower.didFail() }
            done()
        }
    }

    private static func command(block: Int?) -> RedisCommand {
        var command = RedisCommand("XREAD")
        command.add("COUNT")
        command.add(batch)
        if let block {
            command.add("BLOCK")
            command.add(block)
            command.blockMilliseconds = block
        }
        command.add("STREAMS")
        return command
    }

    /// Hands out a reply, `[[name, records], …]`, or null if there was nothing, to those who still follow.
    private func take(_ result: RedisResult, for asked: [String: any StreamFollower]) {
        guard case .success(let reply) = result else { return }
        for place in 0..<reply.count {
            reply.withElement(place) { stream in
                guard stream.count == 2, let name = stream.withElement(0, { $0.string }),
                    let follower = followers[name], follower === asked[name]
                else { return }
                stream.withElement(1) { follower.take($0) }
            }
        }
    }

    // MARK: Reading

    /// A log has come: the command that waits does not ask for it.
    private func rearm() {
        guard asked != nil else { return read() }
        interrupt()
    }

    private func read() {
        guard asked == nil, !followers.isEmpty else { return }
        if isSpread { return poll() }
        let reader = reader ?? makeReader()
        self.reader = reader
        var command = Self.command(block: blockMilliseconds)
        for name in followers.keys { command.addKey(name) }
        for follower in followers.values { command.add(follower.lastID) }
        asked = followers
        reader.send(command) { [weak self] in self?.didRead($0) }
    }

    private func didRead(_ result: RedisResult) {
        let asked = asked ?? [:]
        self.asked = nil
        take(result, for: asked)
        guard result.error == nil else {
            for follower in followers.values { follower.didFail() }
            timer?.arm(milliseconds: Self.pauseMilliseconds)
            return
        }
        // Each command names all logs: many logs are read in larger steps, so that their number times the commands per
        // second stays bounded.
        let pause = min(Self.pollMilliseconds, followers.count / Self.logsPerMillisecond)
        if pause > 0 { timer?.arm(milliseconds: pause) } else { read() }
    }

    private func poll() {
        for (name, follower) in followers { fetch(follower, name) {} }
        timer?.arm(milliseconds: Self.pollMilliseconds)
    }

    /// Ends the command that waits, if it does not ask for all logs. One that is on its way to the server cannot be
    /// ended yet.
    private func interrupt() {
        guard let asked, let reader, let name = asked.keys.first, !isInterrupting,
            followers.contains(where: { asked[$0.key] !== $0.value })
        else { return }
        isInterrupting = true
        client.interrupt(reader, key: name) { [weak self] _ in
            guard let self else { return }
            isInterrupting = false
            interruptTimer?.arm(milliseconds: 2)
        }
    }
}
