import Glibc

/// One connection to one Redis server, from the first packet to its end.
///
/// libcurl makes it (name, TLS, timeout: nothing blocks the loop), hiredis speaks on it. States: connecting →
/// greeting (password, name, database, role, PING, in one go) → ready → closed; any other → closed as well. Commands
/// are pipelined. Each has one completion and each completion is called once: with the reply, at the command's
/// deadline, or at the end of the connection. The place of a command that timed out stays, since replies come in
/// order; a reply that is still not there after as much time again ends the connection.
final class RedisConnection {
    private enum Phase {
        case connecting(CurlConnect)
        case greeting
        case ready
        case closed
    }

    private struct Sent {
        var deadline: MonotonicTime
        /// Nil: it has been called.
        var completion: RedisCompletion?
    }

    let address: RedisAddress
    /// The server's number for this connection (`CLIENT ID`); nil: not told.
    private(set) var identifier: Int?
    private weak var owner: (any RedisConnectionOwner)?
    private let settings: RedisSettings
    private let role: RedisRole
    private let reactor: any Reactor
    private let connector: CurlConnector
    private var phase = Phase.closed
    private var context: RedisContext?
    private var pump: RedisTLSPump?
    private var sent = RequestQueue<Sent>()
    private var alarm: RedisAlarm?

    init(
        _ address: RedisAddress, _ settings: RedisSettings, role: RedisRole, multi: CurlMulti,
        owner: any RedisConnectionOwner
    ) {
        self.address = address
        self.settings = settings
        self.role = role
        self.owner = owner
        reactor = multi.reactor
        connector = CurlConnector(multi: multi, settings: HTTPTransportSettings(address, settings))
        alarm = RedisAlarm(reactor) { [unowned self] in expire() }
        phase = .connecting(connector.connect(self))
    }

    deinit { release() }

    /// Commands whose replies are to come.
    var pending: Int { sent.count }

    /// Sends a command; only while ready.
    func send(_ request: RedisRequest) {
        guard case .ready = phase else { preconditionFailure("a command for a connection that is not ready") }
        submit(request.command, by: request.deadline, request.completion)
    }

    /// Ends it; the owner hears nothing, and each command that waits fails with `error`.
    func close(_ error: RedisError) {
        owner = nil
        end(error)
    }

    private func submit(_ command: RedisCommand, by deadline: MonotonicTime, _ completion: @escaping RedisCompletion) {
        guard let context, context.send(command.arguments) else {
            RedisResult.fail(completion, .connectionLost)
            return
        }
        sent.append(Sent(deadline: deadline, completion: completion))
        alarm?.ring(by: deadline)
    }

    // MARK: Greeting

    private func greet() {
        phase = .greeting
        let deadline = reactor.now.advanced(milliseconds: settings.commandTimeout)
        func say(_ command: RedisCommand, _ check: @escaping (RedisConnection, RedisResult) -> RedisError?) {
            submit(command, by: deadline) { [weak self] result in
                guard let self, case .greeting = phase else { return }
                if let error = check(self, result) { end(error) }
            }
        }
        if let command = authentication { say(command) { _, result in result.error } }
        if settings.database != 0, role == .master {
            var command = RedisCommand("SELECT")
            command.add(settings.database)
            say(command) { _, result in result.error }
        }
        if role != .sentinel {
            var command = RedisCommand("CLIENT")
            command.add("SETNAME")
            command.add(settings.clientName)
            // A user may be forbidden to use these; they are not worth a connection.
            say(command) { _, _ in nil }
            command = RedisCommand("CLIENT")
            command.add("ID")
            say(command) { me, result in
                me.identifier = result.integer
                return nil
            }
        }
        if role == .master { say(RedisCommand("ROLE")) { _, result in result.isReplica ? .readOnly : nil } }
        say(RedisCommand("PING")) { me, result in
            if let error = result.error, error != .noAuth || me.authentication == nil { return error }
            me.phase = .ready
            me.owner?.connectionDidBecomeReady(me)
            return nil
        }
    }

    private var authentication: RedisCommand? {
        guard let password = role == .sentinel ? settings.sentinel?.password : settings.password else { return nil }
        var command = RedisCommand("AUTH")
        if role != .sentinel, let user = settings.user { command.add(user) }
        command.add(password)
        return command
    }

    // MARK: Endings

    /// Calls the completions of commands whose time is up.
    private func expire() {
        let now = reactor.now
        var late: [RedisCompletion] = []
        var next: MonotonicTime?
        var isSilent = false
        let grace = settings.commandTimeout
        sent.updateEach { entry in
            if entry.deadline <= now {
                guard let completion = entry.completion else {
                    isSilent = true
                    return
                }
                late.append(completion)
                entry.completion = nil
                entry.deadline = now.advanced(milliseconds: grace)
            }
            next = min(next ?? entry.deadline, entry.deadline)
        }
        if let next { alarm?.ring(by: next) }
        for completion in late {
            if case .ready = phase { owner?.connection(self, didServe: .timeout) }
            RedisResult.fail(completion, .timeout)
        }
        if isSilent { end(.timeout) }
    }

    private func end(_ error: RedisError) {
        if case .closed = phase { return }
        release()
        let left = sent.takeAll()
        owner?.connectionDidEnd(self, error)
        owner = nil
        let reason = error == .timeout ? RedisError.connectionLost : error
        for entry in left { if let completion = entry.completion { RedisResult.fail(completion, reason) } }
    }

    private func release() {
        if case .connecting(let connect) = phase { connect.close() }
        phase = .closed
        alarm?.stop()
        context?.close()
        context = nil
        pump?.close()
    }
}

extension RedisConnection: ConnectReceiver {
    func didConnect(_ socket: consuming UpstreamSocket) {
        var descriptor: Int32 = -1
        if settings.isSecure {
            pump = RedisTLSPump(socket, reactor: reactor, peer: &descriptor)
        } else {
            // One of our own, for hiredis to close.
            descriptor = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 3)
        }
        guard descriptor >= 0 else { return connectDidFail(.connect) }
        context = RedisContext(descriptor, reactor: reactor, receiver: self)
        greet()
    }

    func connectDidFail(_ failure: TransportFailure) { end(.connect(failure)) }
}

extension RedisConnection: RedisContextReceiver {
    func contextDidReceive(_ reply: RedisReply) {
        guard let entry = sent.popFirst() else { return }
        let error = reply.error
        if case .ready = phase { owner?.connection(self, didServe: error) }
        guard let completion = entry.completion else { return }
        if let error {
            RedisResult.fail(completion, error)
        } else {
            reply.complete(completion)
        }
    }

    func contextDidEnd(_ error: RedisError) { end(error) }
}
