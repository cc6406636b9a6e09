/// Asks a group of Sentinels where the master is now (Redis' "Guidelines for Redis clients with support for Redis
/// Sentinel"), all at once, and again and again until there is a connection to it.
///
/// So neither a Sentinel that hangs nor an attempt to reach a master that is gone keeps the successor from being heard
/// of. What they say is not trusted: the connection checks the server's role itself. States: resting ⇄ looking.
final class RedisSentinel: RedisLocator {
    var didMove: (RedisAddress) -> Void = { _ in }
    private var members: [RedisSentinelMember] = []
    /// What a member turned to last: it knew better than those who say what they said before. Nil: none did.
    private var newest: RedisAddress?
    /// The member who is believed next, while none has changed its word.
    private var turn = 0
    /// Nil: nobody waits for an answer.
    private var found: ((Result<RedisAddress, RedisError>) -> Void)?

    init(_ settings: RedisSettings, _ sentinel: RedisSettings.Sentinel, multi: CurlMulti) {
        precondition(!sentinel.addresses.isEmpty, "a group of Sentinels has members")
        members = sentinel.addresses.map { address in
            RedisSentinelMember(address, settings, master: sentinel.master, multi: multi) { [unowned self] in
                hear($0, $1)
            }
        }
    }

    func locate(_ found: @escaping (Result<RedisAddress, RedisError>) -> Void) {
        precondition(self.found == nil, "one search at a time")
        self.found = found
        for member in members { member.ask() }
        answer()
    }

    func rest() {
        found = nil
        newest = nil
        for member in members { member.rest() }
    }

    private func hear(_ before: RedisSentinelMember.Word, _ now: RedisSentinelMember.Word) {
        // The first word of one that has just been reached may be older than what others say. That it changes its word is
        // news, and so is a failover that is under way.
        if let address = now.address, address != newest, address != before.address,
            before.address != nil || now.isSuccessor
        {
            newest = address
            if found == nil { return didMove(address) }
        }
        answer()
    }

    private func answer() {
        guard found != nil else { return }
        if let address = choice {
            finish(.success(address))
        } else if let error = failure {
            finish(.failure(error))
        }
    }

    private func finish(_ result: Result<RedisAddress, RedisError>) {
        let found = found
        self.found = nil
        found?(result)
    }

    /// Nil: no member has said anything yet.
    private var choice: RedisAddress? {
        let words = members.map(\.word)
        if let newest, words.contains(where: { $0.address == newest }) { return newest }
        turn += 1
        for index in words.indices {
            if let address = words[(turn + index) % words.count].address { return address }
        }
        return nil
    }

    /// Why none of the members has an answer; nil: one may have yet.
    private var failure: RedisError? {
        var last: RedisError?
        for member in members {
            guard case .failure(let error) = member.word else { return nil }
            last = error
        }
        return last
    }
}
