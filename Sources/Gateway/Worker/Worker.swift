import Glibc
import Upstreams

/// One thread that serves requests: its loop, its listeners, its upstreams, its metrics. Shares nothing with the other
/// workers but `SharedState` and what mailboxes carry.
///
/// States: made → running (`run`) → draining → ended. Lives on its own thread from beginning to end.
final class Worker {
    private let index: Int
    private let loop = EventLoop()
    private let plan: WorkerPlan
    private let server: Server
    private let service: Service
    private let metrics: MetricsRegistry
    private let context: UpstreamContext
    private let limits: any LimitKeeper
    /// Nil: completions and counters are this process's own.
    private let redis: RedisLink?
    /// Of one worker of a process that shares a store.
    private let breakers: SharedBreakers?
    /// Of one worker of the process.
    private var checks: HealthChecks?
    private var scrapes = Gatherings<MetricsSnapshot>()
    private var usages = Gatherings<[UsageRow]>()
    private var listings = Gatherings<RequestListing>()
    private var cancellations = Gatherings<Bool>()
    /// What to do when a reload is over, by its number.
    private var reloads: [Int: (ReloadReport) -> Void] = [:]
    private var reloadsBegun = 0
    private var keyEdits = Gatherings<Result<KeyConfiguration, KeyEditFailure>>()
    private var confirmations = Gatherings<Void>()
    private var shutDownTimer: (any ReactorTimer)?
    private var isStopping = false

    /// Milliseconds that last words have to leave after `shutDown`.
    private static let lastWords = 50

    init(_ index: Int, _ plan: WorkerPlan) {
        self.index = index
        self.plan = plan
        let configuration = plan.generation.configuration
        metrics = MetricsRegistry(worker: index)
        let parser = JSONParser(maxDepth: configuration.bounds.maxJSONDepth)
        context = UpstreamContext(loop: loop, curl: CurlMulti(reactor: loop), parser: parser)
        redis = RedisLink(configuration.store, curl: context.curl, health: plan.shared.storeHealth, worker: index)
        breakers =
            index == 0
            ? redis.map { [loop] in
                SharedBreakers($0.client, prefix: $0.prefix, health: plan.shared.health, loop: loop)
            } : nil
        let desk = LimitDesk(table: plan.shared.limits, loop: loop, owner: index)
        limits =
            redis.map { redis -> any LimitKeeper in
                RedisLimitDesk(redis.client, prefix: redis.prefix, local: desk, replica: plan.shared.replica)
            } ?? desk
        let runtime = Runtime(
            plan.generation, shared: plan.shared, context: context, metrics: metrics, limits: limits)
        service = Service(
            loop: loop, parser: parser, metrics: metrics, accessLog: AccessLog(writer: plan.logs, loop: loop),
            shared: plan.shared, runtime: runtime, redis: redis, journal: plan.journal)
        server = Server(
            loop: loop, bounds: configuration.bounds, places: plan.shared.connections, service: service)
    }

    /// Serves until it has drained.
    func run() {
        let mailbox = Mailbox<WorkerMessage>(loop: loop) { [unowned self] message in receive(message) }
        plan.directory.register(mailbox, as: index)
        service.scrape = { [unowned self] format, done in scrape(format, done) }
        service.gatherUsage = { [unowned self] done in gatherUsage(done) }
        service.reload = { [unowned self] done in reload(done) }
        service.editKeys = { [unowned self] edit, operatorID, done in editKeys(edit, operatorID, done) }
        service.tell = { [unowned self] change in plan.supervisor.post(.logLevel(change)) }
        service.drain = { [unowned self] in plan.supervisor.post(.drain) }
        service.list = { [unowned self] done in list(done) }
        service.cancel = { [unowned self] number, done in cancel(number, done) }
        server.didDrain = { [unowned self] in stopIfQuiet() }
        service.desk.didBecomeQuiet = { [unowned self] in stopIfQuiet() }
        let listeners = plan.generation.configuration.listeners
        for (listener, sockets) in zip(listeners, plan.sockets) {
            server.listen(
                Listener(
                    listener, descriptor: sockets.descriptors[index], tls: plan.generation.tls[listener.name],
                    server: server, metrics: metrics.listener(listener.name)))
        }
        watch(plan.generation.configuration)
        plan.supervisor.post(.ready(worker: index))
        loop.run()
        plan.supervisor.post(.ended(worker: index))
    }

    private func receive(_ message: WorkerMessage) {
        switch message {
        case .configure(let generation):
            service.runtime = Runtime(
                generation, shared: plan.shared, context: context, metrics: metrics, limits: limits)
            watch(generation.configuration)
            server.reconfigure(bounds: generation.configuration.bounds, tls: generation.tls)
        case .drain:
            server.drain()
        case .shutDown:
            service.shutDown()
            shutDownTimer = loop.timer { [unowned self] in server.abandon() }
            shutDownTimer?.arm(milliseconds: Self.lastWords)
        case .measure(let hand):
            hand(snapshot())
        case .measured(let snapshot, let scrape):
            scrapes.take(snapshot, scrape, of: plan.directory.count)?()
        case .tellUsage(let asker, let question):
            plan.directory[asker]?.post(.usage(metrics.usage.rows, question: question))
        case .usage(let rows, let question):
            usages.take(rows, question, of: plan.directory.count)?()
        case .list(let asker, let listing):
            plan.directory[asker]?.post(.listed(service.activity, listing: listing))
        case .listed(let part, let listing):
            listings.take(part, listing, of: plan.directory.count)?()
        case .cancel(let number, let asker, let cancellation):
            plan.directory[asker]?.post(.cancelled(service.cancelExchange(number), cancellation: cancellation))
        case .cancelled(let wasThere, let cancellation):
            cancellations.take(wasThere, cancellation, of: 1)?()
        case .reloaded(let request, let report):
            reloads.removeValue(forKey: request)?(report)
        case .keysEdited(let result, let request):
            keyEdits.take(result, request, of: 1)?()
        case .confirm(let asker, let confirmation):
            plan.directory[asker]?.post(.confirmed(confirmation: confirmation))
        case .confirmed(let confirmation):
            confirmations.take((), confirmation, of: plan.directory.count)?()
        }
    }

    /// Looks after the providers that want it; one worker does that for all.
    private func watch(_ configuration: Configuration) {
        guard index == 0 else { return }
        checks?.end()
        checks = HealthChecks(
            configuration, context: context, table: plan.shared.health, reportingTo: plan.supervisor)
    }

    /// Ends when no client is left and no answer is written any more, for which clients of other workers may wait.
    private func stopIfQuiet() {
        guard server.hasDrained, !service.desk.isWriting, !service.tasks.isBusy, !isStopping else { return }
        isStopping = true
        service.runtime.toolbox.close { [unowned self] in loop.stop() }
    }

    private func reload(_ done: @escaping (ReloadReport) -> Void) {
        reloadsBegun += 1
        reloads[reloadsBegun] = done
        plan.supervisor.post(.reload(worker: index, request: reloadsBegun))
    }

    /// Is done when every worker has come by what the supervisor told it of the change.
    private func editKeys(
        _ edit: KeyEdit, _ operatorID: String, _ done: @escaping (Result<KeyConfiguration, KeyEditFailure>) -> Void
    ) {
        let request = keyEdits.begin { [unowned self] results in
            let confirmation = confirmations.begin { _ in for result in results { done(result) } }
            for mailbox in plan.directory.all { mailbox.post(.confirm(asker: index, confirmation: confirmation)) }
        }
        plan.supervisor.post(.editKeys(edit, operatorID: operatorID, worker: index, request: request))
    }

    // MARK: Requests under way

    private func list(_ done: @escaping (RequestListing) -> Void) {
        let listing = listings.begin { done(RequestListing($0)) }
        for mailbox in plan.directory.all { mailbox.post(.list(asker: index, listing: listing)) }
    }

    private func cancel(_ number: RequestNumber, _ done: @escaping (Bool) -> Void) {
        guard let mailbox = plan.directory[number.worker] else { return done(false) }
        let cancellation = cancellations.begin { done($0 == [true]) }
        mailbox.post(.cancel(number.number, asker: index, cancellation: cancellation))
    }

    // MARK: Figures

    private func scrape(_ format: MetricsFormat, _ done: @escaping (borrowing ByteBuffer) -> Void) {
        let scrape = scrapes.begin { [unowned self] snapshots in
            var page = ByteBuffer()
            MetricsPage(workers: snapshots, gateway: plan.figures()).render(format, into: &page)
            done(page)
        }
        let (directory, asker) = (plan.directory, index)
        for mailbox in directory.all {
            mailbox.post(.measure(to: { directory[asker]?.post(.measured($0, scrape: scrape)) }))
        }
    }

    private func gatherUsage(_ done: @escaping ([UsageRow]) -> Void) {
        let question = usages.begin { done($0.flatMap { $0 }) }
        for mailbox in plan.directory.all { mailbox.post(.tellUsage(asker: index, question: question)) }
    }

    private func snapshot() -> MetricsSnapshot {
        metrics.loopTurns = loop.turns
        metrics.loopBusyNanoseconds = loop.busyNanoseconds
        return metrics.snapshot()
    }
}
