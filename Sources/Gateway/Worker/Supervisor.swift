import Glibc
import Logging
import Upstreams

/// The main thread: starts the workers, listens to signals, reloads and ends the process. Serves no request itself.
///
/// SIGTERM and SIGINT drain: new connections are refused, requests under way end, for `bounds.drain_timeout_ms` at
/// most; a second one ends at once. SIGHUP has the configuration and
/// all files that it names read anew, and so has a change of one of them, unless `reload.watch` is false.
/// States: starting → serving (all workers are ready) → draining → ended.
final class Supervisor {
    private let path: String
    private let loop = EventLoop()
    private let logger: Logger
    private let logs: LogWriter
    private let journal: TaskJournal?
    private let ticketKeys = TicketKeys()
    private let shared: SharedState
    private let reloads = ReloadStatus()
    private let keySets: KeySetFetchers
    private var generation: Generation
    private var watch: FileWatch?
    private var beat: HistoryBeat?
    /// Why the last reload failed, so that a file that was only touched does not have it told again.
    private var lastFailure: String?
    /// What the log has said of the configuration in use, so that a reload for another reason does not have it told again.
    private var lastWarnings: [String] = []
    /// What the process was started by, some of which no reload changes.
    private let started: Configuration
    private let sockets: [ListeningSockets]
    private let directory: WorkerDirectory
    /// What workers tell the supervisor by; nil before it serves.
    private var supervisor: Mailbox<SupervisorMessage>?
    private var signals: [LoopSignal] = []
    private var deadline: (any ReactorTimer)?
    private var workersReady = 0
    private var workersEnded = 0
    private var isDraining = false

    /// Loads the configuration, opens the logs and binds every address; nothing is served yet.
    init(path: String) throws {
        self.path = path
        let configuration = try ConfigLoader.load(path: path)
        started = configuration
        shared = SharedState(startedAt: loop.now, storeBytes: configuration.store.maxBytes)
        keySets = KeySetFetchers(loop: loop)
        generation = try Generation(configuration, ticketKeys: ticketKeys, keys: keySets.keys)
        let count = configuration.workers > 0 ? configuration.workers : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        directory = WorkerDirectory(count: count)
        sockets = try configuration.listeners.map { listener throws(SocketError) in
            try ListeningSockets(listener, workers: count)
        }
        logs = try LogWriter(access: LogDestination(configuration.telemetry.accessLog))
        journal = try TaskJournal.open(configuration.tasks, restoring: shared.tasks, logs: logs)
        let (threshold, writer) = (shared.logThreshold, logs)
        threshold.set(configuration.telemetry.logLevel)
        logger = Logger(label: "sluice") { OperationalLog(label: $0, threshold: threshold, writer: writer) }
    }

    /// Serves until a signal ends it.
    func run() {
        let mailbox = Mailbox<SupervisorMessage>(loop: loop) { [unowned self] message in receive(message) }
        signals = [
            LoopSignal(SIGTERM, on: loop) { [unowned self] in stop() },
            LoopSignal(SIGINT, on: loop) { [unowned self] in stop() },
            LoopSignal(SIGHUP, on: loop) { [unowned self] in _ = reloadAtWill() },
        ]
        shared.storeHealth.report(to: mailbox)
        deadline = loop.timer { [unowned self] in deadlinePassed() }
        let plan = WorkerPlan(
            generation: generation, sockets: sockets, shared: shared, logs: logs, directory: directory,
            supervisor: mailbox, reloads: reloads, journal: journal)
        supervisor = mailbox
        keySets.serve(generation, logger: logger)
        let threads = (0..<directory.count).map { WorkerThread($0, plan) }
        warn(of: generation)
        loop.run()
        for thread in threads { thread.join() }
        journal?.close()
        logs.close()
    }

    private func receive(_ message: SupervisorMessage) {
        switch message {
        case .ready:
            workersReady += 1
            guard workersReady == directory.count else { return }
            watch = FileWatch(loop) { [unowned self] in _ = reload() }
            watch?.follow(generation.files, generation.configuration.reload)
            beat = supervisor.map { HistoryBeat(shared.history, directory, $0, loop: loop) }
            StartMessage.print(generation.configuration, sockets, workers: directory.count)
            logger.info("serving", metadata: ["workers": "\(directory.count)", "config": "\(path)"])
        case .measured(let snapshot, let sample): beat?.take(snapshot, sample)
        case .store(let change): tell(change)
        case .health(let change): tell(change)
        case .ended:
            workersEnded += 1
            if workersEnded == directory.count { loop.stop() }
        case .reload(let worker, let request):
            directory[worker]?.post(.reloaded(request: request, reloadAtWill()))
        case .editKeys(let edit, let operatorID, let worker, let request):
            directory[worker]?.post(.keysEdited(editKeys(edit, by: operatorID), request: request))
        case .logLevel(let change):
            tellLogLevel(
                from: change.old, to: change.new,
                ["operator": "\(change.operatorID)", "request_id": "\(change.requestID)"])
        case .drain:
            if !isDraining { stop() }
        }
    }

    private func tell(_ change: StoreHealth.Change) {
        if let failure = change.failure {
            logger.error("the store does not answer", metadata: ["server": "\(change.server)", "error": "\(failure)"])
        } else {
            logger.notice("the store answers again", metadata: ["server": "\(change.server)"])
        }
    }

    private func tell(_ change: HealthChecks.Change) {
        if let failure = change.failure {
            logger.error(
                "a provider does not answer its health check",
                metadata: ["upstream": "\(change.upstream)", "error": "\(failure)"])
        } else {
            logger.notice("a provider answers again", metadata: ["upstream": "\(change.upstream)"])
        }
    }

    /// Tells that another level is logged from now on, and by whose doing, whatever that level is: else nobody could tell
    /// why a log has fallen silent.
    private func tellLogLevel(from old: LogThreshold.Level, to new: LogThreshold.Level, _ cause: Logger.Metadata) {
        var logger = logger
        logger.logLevel = .notice
        let levels: Logger.Metadata = ["from": "\(old.rawValue)", "to": "\(new.rawValue)"]
        logger.notice("the log level was set", metadata: levels.merging(cause) { $1 })
    }

    // MARK: Reload

    /// Somebody asks for a reload.
    private func reloadAtWill() -> ReloadReport {
        logs.reopen()
        lastFailure = nil
        return reload()
    }

    /// Builds and checks a new generation, and only then puts it in the place of the old one.
    private func reload() -> ReloadReport {
        var files = watch?.look() ?? [:]
        logger.debug("reading the configuration", metadata: ["config": "\(path)"])
        do {
            let configuration = try ConfigLoader.load(path: path)
            files = configuration.files
            let next = try Generation(configuration, ticketKeys: ticketKeys, keys: keySets.keys)
            let level = configuration.telemetry.logLevel
            if let old = shared.logThreshold.reload(from: generation.configuration.telemetry.logLevel, to: level) {
                tellLogLevel(from: old, to: level, ["config": "\(path)"])
            }
            generation = next
            shared.logs.resize(configuration.store.maxBytes)
            lastFailure = nil
            watch?.follow(next.files, configuration.reload)
            keySets.serve(next, logger: logger)
            for mailbox in directory.all { mailbox.post(.configure(next)) }
            reloads.note(success: true)
            logger.notice("reloaded", metadata: ["config": "\(path)"])
            return ReloadReport(warnings: warn(of: next))
        } catch {
            if let error = error as? ConfigErrors { files.merge(error.files) { $1 } }
            watch?.follow(files, generation.configuration.reload)
            return ReloadReport(mistakes: failed("\(error)"))
        }
    }

    /// Changes the keys as an operator wants it; the log tells who it was.
    private func editKeys(_ edit: KeyEdit, by operatorID: String) -> Result<KeyConfiguration, KeyEditFailure> {
        let editor = KeyEditor(generation.configuration) { [unowned self] in
            lastFailure = nil
            return reload().mistakes
        }
        do throws(KeyEditFailure) {
            let key = try editor.make(edit)
            logger.notice("\(edit.deed)", metadata: ["key": "\(key.id)", "operator": "\(operatorID)"])
            return .success(key)
        } catch {
            let reason = ([error.error.message] + error.mistakes).joined(separator: " ")
            logger.warning("keys were not changed", metadata: ["operator": "\(operatorID)", "error": "\(reason)"])
            return .failure(error)
        }
    }

    /// Returns what was wrong, line by line.
    private func failed(_ reason: String) -> [String] {
        reloads.note(success: false)
        let lines = reason.split(separator: "\n").map { String($0) }
        guard reason != lastFailure else {
            logger.debug("still not reloaded, for the same reason")
            return lines
        }
        lastFailure = reason
        for line in lines { logger.error("the configuration was not reloaded: \(line)") }
        return lines
    }

    private func needingRestart(_ configuration: Configuration) -> [String] {
        let old = started
        var changes: [String] = []
        if old.workers != configuration.workers { changes.append("workers") }
        if old.listeners.map(\.address) != configuration.listeners.map(\.address)
            || old.listeners.map(\.name) != configuration.listeners.map(\.name)
            || old.listeners.map(\.serves) != configuration.listeners.map(\.serves)
        {
            changes.append("listeners")
        }
        if old.store.whatIsOpened != configuration.store.whatIsOpened { changes.append("store") }
        if old.tasks.journal != configuration.tasks.journal { changes.append("tasks.journal") }
        if old.telemetry.accessLog != configuration.telemetry.accessLog { changes.append("telemetry.access_log") }
        return changes
    }

    /// Logs what is without effect, or doubtful, in a configuration that is taken. Returns all of it, what was logged
    /// before as well.
    @discardableResult
    private func warn(of generation: Generation) -> [String] {
        let configuration = generation.configuration
        let late = needingRestart(configuration).map { "\($0) changed: this takes effect at the next start only" }
        let warnings = late + configuration.warnings.map(\.description) + generation.tls.values.flatMap(\.warnings)
        for warning in warnings where !lastWarnings.contains(warning) { logger.warning("\(warning)") }
        lastWarnings = warnings
        return warnings
    }

    // MARK: The end

    private func stop() {
        guard !isDraining else {
            logger.notice("a second signal: ending at once")
            journal?.close()
            logs.close()
            // Workers are still running: nothing may be undone under their hands.
            _exit(0)
        }
        isDraining = true
        watch = nil
        beat = nil
        let milliseconds = generation.configuration.bounds.drainTimeoutMs
        logger.notice("draining", metadata: ["deadline_ms": "\(milliseconds)"])
        shared.beginDraining()
        for mailbox in directory.all { mailbox.post(.drain) }
        deadline?.arm(milliseconds: milliseconds)
    }

    private func deadlinePassed() {
        logger.warning("the drain deadline has passed: ending what is still under way")
        for mailbox in directory.all { mailbox.post(.shutDown) }
    }
}

extension StoreConfiguration {
    /// What workers open at their start; its size alone changes under them.
    fileprivate var whatIsOpened: String {
        guard case .redis(var redis) = self else { return "memory" }
        redis.maxBytes = 0
        return "\(redis)"
    }
}

extension LogDestination {
    fileprivate init?(_ destination: AccessLogDestination) {
        switch destination {
        case .off: return nil
        case .standardOutput: self = .standardOutput
        case .standardError: self = .standardError
        case .file(let path): self = .file(path: path)
        }
    }
}
