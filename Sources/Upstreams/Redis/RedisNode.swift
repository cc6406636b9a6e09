/// One server and the connection to it, made anew whenever it is lost.
///
/// Phases: idle → locating (with Sentinels) → connecting → ready → pausing, after any failure → locating or
/// connecting … → closed. What Sentinels turn to meanwhile ends a pause or an attempt. The first command makes the
/// connection. Commands wait while there is none, until their deadlines or until the breaker opens; while it is open they
/// fail at once and attempts to connect go on as its probes. A command that was sent is never sent again.
final class RedisNode {
    private enum Phase {
        case idle
        case locating
        case connecting(RedisConnection)
        case ready(RedisConnection)
        case pausing
        case closed
    }

    /// Under which the observer hears of it, whichever server it is.
    private let name: String
    /// Where the server is; not looked at with a locator.
    private let address: RedisAddress
    private let settings: RedisSettings
    private let role: RedisRole
    private let multi: CurlMulti
    private let locator: (any RedisLocator)?
    private let random: () -> Double
    private let observer: RedisObserver
    private var phase = Phase.idle
    private var breaker: RedisBreaker
    private var backoff: RedisBackoff
    private var lastError = RedisError.unavailable
    private var waiting = RequestQueue<RedisRequest>()
    private var alarm: RedisAlarm?
    private var timer: (any ReactorTimer)?
    /// Whether the observer knows of an open breaker; nil: it has heard nothing yet.
    private var toldUnavailable: Bool?

    init(
        _ address: RedisAddress, _ settings: RedisSettings, role: RedisRole, multi: CurlMulti,
        locator: (any RedisLocator)? = nil, random: @escaping () -> Double, observer: @escaping RedisObserver
    ) {
        self.address = address
        name = settings.sentinel?.master ?? "\(address)"
        self.settings = settings
        self.role = role
        self.multi = multi
        self.locator = locator
        self.random = random
        self.observer = observer
        breaker = RedisBreaker(threshold: settings.failureThreshold)
        backoff = RedisBackoff(settings.backoff)
        alarm = RedisAlarm(multi.reactor) { [unowned self] in expire() }
        timer = multi.reactor.timer { [unowned self] in connect() }
        locator?.didMove = { [unowned self] address in move(to: address) }
    }

    var state: RedisState {
        if let since = breaker.openSince { return .unavailable(since: since, lastError) }
        if case .ready = phase { return .ready }
        return .connecting
    }

    /// Commands that wait to be sent or for their replies.
    var pending: Int {
        if case .ready(let connection) = phase { return connection.pending }
        return waiting.count
    }

    /// The server's number for the present connection; nil: there is none.
    var connectionIdentifier: Int? {
        if case .ready(let connection) = phase { return connection.identifier }
        return nil
    }

    func send(_ command: RedisCommand, _ completion: @escaping RedisCompletion) {
        if case .closed = phase { return RedisResult.fail(completion, .closed) }
        if breaker.isOpen { return RedisResult.fail(completion, .unavailable) }
        if pending >= settings.maxPending { return RedisResult.fail(completion, .queueFull) }
        let patience = settings.commandTimeout + command.blockMilliseconds
        let deadline = multi.reactor.now.advanced(milliseconds: patience)
        let request = RedisRequest(command: command, deadline: deadline, completion: completion)
        if case .ready(let connection) = phase { return connection.send(request) }
        waiting.append(request)
        alarm?.ring(by: deadline)
        start()
    }

    /// Makes the connection, if nothing has asked for it yet.
    func start() {
        if case .idle = phase { connect() }
    }

    /// Ends everything; commands that wait fail with `closed`.
    func close() {
        let last = phase
        phase = .closed
        timer?.cancel()
        alarm?.stop()
        locator?.rest()
        switch last {
        case .connecting(let connection), .ready(let connection): connection.close(.closed)
        case .idle, .locating, .pausing, .closed: break
        }
        failWaiting(.closed)
    }

    // MARK: Connecting

    private func connect() {
        guard let locator else { return connect(to: address) }
        phase = .locating
        locator.locate { [unowned self] result in
            switch result {
            case .success(let address): connect(to: address)
            case .failure(let error): didFail(error)
            }
        }
    }

    /// Leaves the pause, or an attempt that may take its whole timeout, for another server, which none has failed at yet.
    private func move(to address: RedisAddress) {
        switch phase {
        case .connecting(let connection):
            guard connection.address != address else { return }
            connection.close(.closed)
        case .pausing: timer?.cancel()
        case .idle, .locating, .ready, .closed: return
        }
        backoff.reset()
        connect()
    }

    private func connect(to address: RedisAddress) {
        phase = .connecting(RedisConnection(address, settings, role: role, multi: multi, owner: self))
    }

    /// Counts a failure that leaves no connection, and tries again after a pause.
    private func didFail(_ error: RedisError) {
        lastError = error
        phase = .pausing
        timer?.arm(milliseconds: backoff.pause(random: random()))
        if breaker.fail(at: multi.reactor.now) { didOpen() }
    }

    private func didOpen() {
        tell()
        failWaiting(.unavailable)
    }

    private func tell() {
        guard toldUnavailable != breaker.isOpen else { return }
        toldUnavailable = breaker.isOpen
        observer(name, state)
    }

    // MARK: Waiting

    private func failWaiting(_ error: RedisError) {
        for request in waiting.takeAll() { RedisResult.fail(request.completion, error) }
    }

    private func expire() {
        let now = multi.reactor.now
        let all = waiting.takeAll()
        for request in all where request.deadline > now {
            waiting.append(request)
            alarm?.ring(by: request.deadline)
        }
        let late = all.filter { $0.deadline <= now }
        lastError = .timeout
        // An attempt to connect may take longer than commands wait, and must not make each of them wait.
        if late.reduce(false, { opened, _ in breaker.fail(at: now) || opened }) { didOpen() }
        for request in late { RedisResult.fail(request.completion, .timeout) }
    }
}

extension RedisNode: RedisConnectionOwner {
    func connectionDidBecomeReady(_ connection: RedisConnection) {
        phase = .ready(connection)
        locator?.rest()
        breaker.recover()
        tell()
        alarm?.stop()
        for request in waiting.takeAll() {
            // A completion may have closed all of it meanwhile.
            if case .ready(let connection) = phase {
                connection.send(request)
            } else {
                RedisResult.fail(request.completion, .connectionLost)
            }
        }
    }

    func connection(_ connection: RedisConnection, didServe error: RedisError?) {
        guard let error, error.isServerFailure else {
            breaker.succeed()
            backoff.reset()
            return
        }
        let opens = breaker.fail(at: multi.reactor.now)
        switch error {
        case .timeout, .busy:
            if !opens { return }
        default:
            // Another server has to be found, or this one asked whether it is ready now.
            break
        }
        abandon(connection, error)
        if opens { didOpen() }
    }

    func connectionDidEnd(_ connection: RedisConnection, _ error: RedisError) { didFail(error) }

    /// Leaves a connection that works, since the server on it does not. What waits on it fails after this turn's work.
    private func abandon(_ connection: RedisConnection, _ error: RedisError) {
        lastError = error
        phase = .pausing
        timer?.arm(milliseconds: backoff.pause(random: random()))
        connection.close(.connectionLost)
    }
}
