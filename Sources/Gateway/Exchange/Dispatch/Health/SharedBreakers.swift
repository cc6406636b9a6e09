import Upstreams

/// Tells the replicas that share a store which targets are broken, so that of all who find one so a single one probes it.
///
/// Once a second one script tells Redis what this replica found, and learns what others found. A target that another
/// replica probes is left alone here until that replica finds it well, or has been silent for `lease`. While Redis does
/// not answer, this replica decides by itself. Belongs to the loop of one worker of the process.
final class SharedBreakers {
    private let client: RedisClient
    private let prefix: String
    private let health: HealthTable
    private let loop: EventLoop
    /// Of no other replica.
    private let replica = Hexadecimal.encode(RandomBytes.make(8))
    private var timer: (any ReactorTimer)?

    /// Milliseconds from an answer to the next question.
    private static let interval = 1000
    /// Milliseconds after which a replica that is silent probes nothing any more.
    private static let lease = 4000

    /// KEYS: one per target. ARGV: the replica, its lease in milliseconds, then for each target 1 if it finds it broken.
    /// Gives for each target 1 if another replica probes it.
    private let script = RedisScript(
        """
        local held = {}
        for place, key in ipairs(KEYS) do
          local owner = redis.call('GET', key)
          if ARGV[2 + place] == '1' then
            if not owner or owner == ARGV[1] then
              redis.call('SET', key, ARGV[1], 'PX', ARGV[2])
              owner = false
            end
          elseif owner == ARGV[1] then
            redis.call('DEL', key)
            owner = false
          end
          held[place] = owner and 1 or 0
        end
        return held
        """)

    /// Begins at once. Must be made on the loop's thread.
    init(_ client: RedisClient, prefix: String, health: HealthTable, loop: EventLoop) {
        self.client = client
        self.prefix = prefix
        self.health = health
        self.loop = loop
        timer = loop.timer { [unowned self] in beat() }
        beat()
    }

    /// All names share a hash tag: in a cluster one server has them all.
    private func key(_ target: HealthTable.TargetName) -> String {
        "\(prefix){breakers}:\(target.upstream):\(target.model)"
    }

    private func beat() {
        let targets = health.targets
        guard !targets.isEmpty else { return rest() }
        var arguments = RedisArguments()
        arguments.add(replica)
        arguments.add(Self.lease)
        for (_, target) in targets { arguments.add(target.isBroken ? 1 : 0) }
        client.run(script, keys: targets.map { key($0.name) }, arguments: arguments) { [weak self] result in
            guard let self else { return }
            note(result, targets)
            rest()
        }
    }

    private func rest() { timer?.arm(milliseconds: Self.interval) }

    private func note(_ result: RedisResult, _ targets: [(name: HealthTable.TargetName, health: TargetHealth)]) {
        guard case .success(let reply) = result, reply.count == targets.count else {
            for (_, target) in targets { target.letGo() }
            return
        }
        let end = loop.now.wholeMilliseconds + Self.lease
        for (place, target) in targets.enumerated() {
            let isHeld = reply.withElement(place) { $0.integer == 1 }
            if isHeld { target.health.leaveAlone(until: end) } else { target.health.letGo() }
        }
    }
}
