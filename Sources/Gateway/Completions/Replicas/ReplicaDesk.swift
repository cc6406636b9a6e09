import Upstreams

/// One worker's side of the logs that replicas share in Redis: those that it writes there, those that it follows, and
/// the tickets that it holds.
///
/// To the rest of the process a followed log is one that this worker writes. Nothing here makes a request fail: where
/// the store does not answer, logs are this process's own. Belongs to the worker's loop and lives as long as its
/// `LogDesk`.
final class ReplicaDesk {
    /// This worker, among those of all replicas.
    let name = LogID.random().description
    let keys: LogKeys
    /// Milliseconds for which a writer that is not heard of is believed to live.
    let lease: Int
    let scripts = LogScripts()
    let parser: JSONParser
    let loop: EventLoop
    let client: RedisClient
    private let health: StoreHealth
    private let tickets: ResumeTable
    private unowned let logs: LogDesk
    private let feed: LogFeed
    private var mirrors: [LogID: LogMirror] = [:]
    private var followers: [LogID: LogFollower] = [:]
    private var held: [LogID: HeldTicket] = [:]
    /// Logs written here that nobody here reads.
    private var orphans: Set<LogID> = []
    private var timer: (any ReactorTimer)?
    private var isTimerArmed = false
    private var orphanTimer: (any ReactorTimer)?
    /// Commands whose replies are to come.
    private var pending = 0

    /// Milliseconds between two looks whether other replicas still read a log that nobody here reads.
    private static let orphanMilliseconds = 200

    private struct HeldTicket {
        let address: LogAddress
        let keep: Int
    }

    init(_ link: RedisLink, _ logs: LogDesk, tickets: ResumeTable, parser: JSONParser) {
        keys = LogKeys(prefix: link.prefix)
        lease = link.lease
        client = link.client
        health = link.health
        loop = logs.loop
        self.logs = logs
        self.tickets = tickets
        self.parser = parser
        feed = LogFeed(link, loop: logs.loop, blockMilliseconds: max(1, link.lease / 3))
        timer = loop.timer { [unowned self] in tick() }
        orphanTimer = loop.timer { [unowned self] in askForReaders() }
    }

    // MARK: Commands

    /// Whether something is on its way that has to arrive before the process ends.
    var isBusy: Bool { pending > 0 }

    func send(_ command: RedisCommand, _ done: @escaping RedisCompletion = { _ in }) {
        pending += 1
        client.send(command) { [weak self] result in
            // Without a desk there is nobody left to be told.
            guard let self else { return }
            done(result)
            didAnswer()
        }
    }

    func run(
        _ script: RedisScript, keys: [String], _ arguments: RedisArguments, _ done: @escaping RedisCompletion
    ) {
        pending += 1
        client.run(script, keys: keys, arguments: arguments) { [weak self] result in
            // Without a desk there is nobody left to be told.
            guard let self else { return }
            done(result)
            didAnswer()
        }
    }

    private func didAnswer() {
        pending -= 1
        if pending == 0 { logs.didFinishTelling() }
    }

    /// A completion could not be shared with other replicas, or not to its end.
    func countUnshared() { health.countUnshared() }

    // MARK: Questions

    /// Asks which log answers a request. Who asks is woken.
    func claim(_ question: LogStore.Question, isStream: Bool, waking wakeup: Wakeup) -> LogClaim {
        var question = question
        if !logs.store.hasRoom { question.makesNew = false }
        return LogClaim(question, isStream: isStream, desk: self, waking: wakeup)
    }

    /// Finds or makes the log that a claim names, joined; nil: the claim has no answer. `make` makes a log of that id
    /// and form.
    ///
    /// - Parameters:
    ///   - keep: milliseconds for which a log stays when nobody renews it any more.
    ///   - successor: writes on what another replica writes, if that one is lost; nil: nobody does.
    func open(
        _ claim: LogClaim, _ terms: CacheTerms, keep: Int, successor: LogSuccessor?,
        make: (LogID, _ isStream: Bool?) -> SharedLog
    ) -> LogStore.Opening? {
        switch claim.answer {
        case .new:
            let id = claim.address.id
            let log = logs.store.put(id, terms, desk: logs.address) { make(id, nil) }.log
            mirror(log, keep: keep)
            return .new(log)
        case .live(let address, let isStream):
            return join(address, terms, successor) { make(address.id, isStream) }.map { .live($0) }
                ?? LogStore.Opening.none
        case .finished(let address, let isStream, let age):
            return join(address, terms, successor, age: age) { make(address.id, isStream) }
                .map { .finished($0, age: age) } ?? LogStore.Opening.none
        case .nothing: return LogStore.Opening.none
        case .unavailable, nil: return nil
        }
    }

    private func join(
        _ address: LogAddress, _ terms: CacheTerms, _ successor: LogSuccessor?, age: Int? = nil,
        make: () -> SharedLog
    ) -> SharedLog? {
        var joined = logs.hosted(address.id)
        if let log = joined {
            guard log.join(at: 0, logs.address) else { return nil }
        } else {
            let (log, isNew) = logs.store.put(address.id, terms, desk: logs.address, make: make)
            if isNew { follow(log, address, age: age) }
            joined = log
        }
        if let follower = followers[address.id], follower.successor == nil { follower.successor = successor }
        return joined
    }

    /// Gives a question up, if this log answers it.
    func discard(_ address: LogAddress) {
        var arguments = RedisArguments()
        arguments.add(address.id.description)
        run(scripts.discard, keys: [keys.claim(address)], arguments) { _ in }
    }

    /// Forgets which logs answer these questions, and the one with this key.
    func forget(_ questions: [CacheTerms], key: Digest?) {
        var tags = Set(questions.map { LogAddress(LogID.random(), $0).tag })
        if let key { tags.formUnion([key.hexadecimal, AnswerSharing.statusStream(key)]) }
        for tag in tags { send(RedisCommand("DEL", key: keys.claim(LogAddress(LogID.random(), tag: tag)))) }
    }

    // MARK: Writing

    /// Has a log that is written here written to the store, too.
    func mirror(_ log: SharedLog, keep: Int) {
        let mirror = LogMirror(log, keep: keep + lease, desk: self)
        mirrors[log.id] = mirror
        mirror.begin()
        arm()
    }

    func publish(_ log: SharedLog, _ publication: SharedLog.Publication) {
        guard let mirror = mirrors[log.id], mirror.log === log else { return }
        mirror.publish(publication)
    }

    func didClose(_ mirror: LogMirror) {
        mirrors[mirror.address.id] = nil
        if orphans.remove(mirror.address.id) != nil { logs.abandon(mirror.log) }
    }

    /// The last reader here has left a log that is written here. False: others could not read it; else it is abandoned
    /// as soon as they do not.
    func awaitsReaders(of log: SharedLog) -> Bool {
        guard mirrors[log.id]?.log === log else { return false }
        orphans.insert(log.id)
        askForReaders()
        return true
    }

    private func askForReaders() {
        for id in orphans {
            guard let mirror = mirrors[id], !mirror.log.isRead else {
                orphans.remove(id)
                continue
            }
            var arguments = RedisArguments()
            arguments.add(id.description)
            let names = [keys.claim(mirror.address), keys.readers(mirror.address)]
            run(scripts.abandon, keys: names, arguments) { [weak self] result in
                guard let self, result.integer ?? 0 == 0, orphans.remove(id) != nil else { return }
                logs.abandon(mirror.log)
            }
        }
        if !orphans.isEmpty { orphanTimer?.arm(milliseconds: Self.orphanMilliseconds) }
    }

    // MARK: Reading

    /// Writes `log`, which is empty, as another replica writes it, or wrote it `age` milliseconds ago.
    private func follow(_ log: SharedLog, _ address: LogAddress, age: Int? = nil) {
        let follower = LogFollower(log, address, age: age ?? 0, desk: self, now: loop.now)
        followers[address.id] = follower
        logs.host(log) { follower.stop($0) }
        feed.add(follower, keys.log(address))
        if age == nil { follower.watch() }
        arm()
    }

    /// The log of that address, followed or written here; else one that is made and followed.
    func following(_ address: LogAddress, make: () -> SharedLog) -> SharedLog {
        if let known = logs.hosted(address.id) { return known }
        let log = make()
        follow(log, address)
        return log
    }

    func publish(_ follower: LogFollower, _ publication: SharedLog.Publication) {
        logs.publish(follower.log, publication)
    }

    func didEnd(_ follower: LogFollower) {
        followers[follower.address.id] = nil
        feed.remove(keys.log(follower.address))
    }

    // MARK: Tickets

    /// Tells other replicas of a client's right to come back, as long as the ticket is valid here.
    ///
    /// - Parameter grace: milliseconds for which it is valid when this process is gone.
    func hold(_ ticket: ResumeTicket, at address: LogAddress, grace: Int) {
        held[ticket.id] = HeldTicket(address: address, keep: grace + lease)
        var command = RedisCommand("HSET", key: keys.ticket(ticket.id), "holder", name)
        command.add(contentsOf: TicketRecord(ticket, address).fields)
        send(command)
        renew(ticket.id)
        arm()
    }

    private func renew(_ ticket: LogID) {
        guard let kept = held[ticket] else { return }
        var command = RedisCommand("PEXPIRE", key: keys.ticket(ticket))
        command.add(kept.keep)
        send(command)
        command = RedisCommand("PEXPIRE", key: keys.log(kept.address))
        command.add(kept.keep)
        command.add("GT")
        send(command)
    }

    /// Asks for a ticket that another replica gave out. Who asks is woken.
    func find(_ ticket: LogID, waking wakeup: Wakeup) -> TicketQuery {
        let query = TicketQuery()
        send(RedisCommand("HGETALL", key: keys.ticket(ticket))) { [parser] result in
            query.answer(TicketRecord(result, parser))
            wakeup.wake()
        }
        return query
    }

    // MARK: Leases

    private func arm() {
        guard !isTimerArmed else { return }
        isTimerArmed = true
        timer?.arm(milliseconds: max(1, lease / 3))
    }

    private func tick() {
        isTimerArmed = false
        for mirror in mirrors.values { mirror.renew() }
        for follower in followers.values { follower.watch() }
        for id in held.keys {
            if tickets[id] != nil { renew(id) } else { drop(id) }
        }
        if !mirrors.isEmpty || !followers.isEmpty || !held.isEmpty { arm() }
    }

    private func drop(_ ticket: LogID) {
        held[ticket] = nil
        var arguments = RedisArguments()
        arguments.add(name)
        run(scripts.dropTicket, keys: [keys.ticket(ticket)], arguments) { _ in }
    }
}
