import Upstreams

/// One request's question to the shared store: which log answers it.
///
/// States: pending → answered; who asked is woken. One that is abandoned gives back what it may have claimed.
final class LogClaim {
    enum Answer {
        /// A log that ended well, `age` milliseconds ago.
        case finished(LogAddress, isStream: Bool, age: Int)
        /// A log that a replica writes.
        case live(LogAddress, isStream: Bool)
        /// None: whoever asked writes one, with the claim's own id.
        case new
        /// None that may be shared, and none may be made.
        case nothing
        /// The store does not answer: this process decides by itself.
        case unavailable
    }

    /// Nil: pending.
    private(set) var answer: Answer?
    /// The log that is going to be written, if there is none.
    let address: LogAddress
    private let terms: CacheTerms
    private let wakeup: Wakeup
    private unowned let desk: ReplicaDesk
    private var isAbandoned = false

    init(_ question: LogStore.Question, isStream: Bool, desk: ReplicaDesk, waking wakeup: Wakeup) {
        terms = question.terms
        address = LogAddress(LogID.random(), terms)
        self.desk = desk
        self.wakeup = wakeup
        var keys = [desk.keys.claim(address), desk.keys.lease(address)]
        if let stream = address.statusStream { keys.append(stream) }
        var arguments = RedisArguments()
        arguments.add(address.id.description)
        arguments.add(LogMirror.form(isStream: isStream))
        arguments.add(desk.lease)
        arguments.add(question.joinsLive ? 1 : 0)
        arguments.add(question.maxAge)
        arguments.add(question.makesNew ? 1 : 0)
        arguments.add(question.replacesLive ? 1 : 0)
        arguments.add(desk.keys.logs(address))
        desk.run(desk.scripts.claim, keys: keys, arguments) { result in self.take(result) }
    }

    private func take(_ result: RedisResult) {
        let found = read(result)
        answer = found
        switch found {
        case .unavailable: desk.countUnshared()
        case .new where isAbandoned: break
        default: return wakeup.wake()
        }
        // The command may have been carried out, or may yet be.
        desk.discard(address)
        wakeup.wake()
    }

    private func read(_ result: RedisResult) -> Answer {
        guard case .success(let reply) = result, reply.count > 0 else { return .unavailable }
        let state = reply.withElement(0) { $0.string }
        if state == "new" { return .new }
        guard reply.count == 4, let id = reply.withElement(1, { $0.string }).flatMap({ LogID($0) }) else {
            return .nothing
        }
        let found = LogAddress(id, terms)
        let isStream = reply.withElement(2) { $0.string } == "s"
        guard state == "done" else { return .live(found, isStream: isStream) }
        return .finished(found, isStream: isStream, age: max(0, reply.withElement(3) { $0.integer } ?? 0))
    }

    /// Who asked has gone.
    func abandon() {
        isAbandoned = true
        if case .new? = answer { desk.discard(address) }
    }
}
