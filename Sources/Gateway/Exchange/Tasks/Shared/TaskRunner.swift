import Upstreams

/// Runs tasks that replicas share, for one worker: takes those that wait as long as there are places, says three times
/// per lease of each that it is under way, and gives back what is not over when the process ends.
///
/// Belongs to the worker's loop. A task that another replica takes meanwhile is given up.
final class TaskRunner {
    let store: TaskStore
    private let logs: LogDesk
    private let parser: JSONParser
    private let shared: SharedState
    /// Milliseconds for which a replica that is not heard of is believed to live.
    private let lease: Int
    private weak var service: Service?
    private var runs: [String: Running] = [:]
    private var lookTimer: (any ReactorTimer)?
    private var isLooking = false
    /// Something has happened since the last look began.
    private var looksAgain = false
    /// Commands that have to arrive before the process ends.
    private var lastWords = 0
    private var isShutDown = false

    private struct Running {
        let run: TaskRun
        let mirror: TaskMirror
    }

    var loop: EventLoop { logs.loop }

    /// Tasks that a worker takes at a time.
    private static let batch = 8
    /// Milliseconds until a worker without a place looks for one again.
    private static let pause = 20
    /// Replicas that a task may lose before it is given up: it may be what ends them.
    private static let maxLosses = 3

    /// Must be made on the loop's thread.
    init(_ store: TaskStore, lease: Int, shared: SharedState, logs: LogDesk, parser: JSONParser) {
        self.store = store
        self.lease = lease
        self.shared = shared
        self.logs = logs
        self.parser = parser
        lookTimer = logs.loop.timer { [unowned self] in look(isRetry: true) }
    }

    /// From now on tasks are run by this service.
    func open(for service: Service) {
        self.service = service
        look(takingOver: true)
    }

    // MARK: Taking

    /// Takes as many tasks as there are places for. `takingOver`: also those of replicas that are lost.
    func look(takingOver: Bool = false, isRetry: Bool = false) {
        guard let service, !shared.isDraining else { return }
        guard !isLooking else { return looksAgain = true }
        let most = service.runtime.configuration.tasks.maxRunning
        var slots: [InFlight.Slot] = []
        while slots.count < Self.batch, let slot = shared.tasks.running.take(atMost: most) {
            slots.append(slot)
        }
        guard !slots.isEmpty else {
            // Another worker may hold the places for a look that was too early.
            if !isRetry { lookTimer?.arm(milliseconds: Self.pause) }
            return
        }
        isLooking = true
        looksAgain = false
        var arguments = RedisArguments()
        arguments.add(store.keys.prefix)
        arguments.add(slots.count)
        arguments.add(shared.replica.id)
        arguments.add(takingOver ? lease : 0)
        for field in SharedTaskRecord.orderFields { arguments.add(field) }
        store.run(store.scripts.take, [store.keys.queue], arguments) { [weak self] result in
            guard let self else { return }
            isLooking = false
            guard case .success(let reply) = result else { return }
            let tasks = reply.value.elements
            for task in tasks { begin(task.elements, slots.removeLast(), service) }
            let mayBeMore = slots.isEmpty
            slots = []
            if mayBeMore || looksAgain { look() }
        }
    }

    /// `{id, attempt, losses, offset, cancel, fields…}`
    private func begin(_ values: [RedisValue], _ slot: InFlight.Slot, _ service: Service) {
        guard values.count > 5, let id = values[0].string, let attempt = values[1].integer,
            let losses = values[2].integer, let offset = values[3].integer
        else { return }
        let runtime = service.runtime
        let configuration = runtime.configuration
        let mirror = TaskMirror(
            id, attempt: attempt, offset: offset, configuration.tasks, maxBytes: configuration.bounds.maxLogBytes,
            runner: self)
        guard let order = SharedTaskRecord.order(id, values[5...], parser, runtime) else {
            return mirror.end(.failed(.notMakeable)) { _ in mirror.close() }
        }
        let run = TaskRun(order, mirror, service: service) { [unowned self] in didEnd($0) }
        // Its lease has run out, and nobody else was there to take it.
        giveUp(id)
        runs[id] = Running(run: run, mirror: mirror)
        if values[4].string?.isEmpty == false {
            run.end(.cancelled)
        } else if losses >= Self.maxLosses {
            run.end(.failed(.interrupted))
        } else if WallClock.seconds - order.created > configuration.tasks.retentionSeconds {
            run.end(.failed(.neverBegun))
        } else {
            run.begin(slot)
        }
    }

    private func didEnd(_ run: TaskRun) {
        if runs[run.order.id]?.run === run { runs[run.order.id] = nil }
        look()
        becomeQuiet()
    }

    /// Another replica has the task.
    func didLose(_ id: String, _ attempt: Int) {
        guard runs[id]?.mirror.attempt == attempt else { return }
        giveUp(id)
        look()
        becomeQuiet()
    }

    private func giveUp(_ id: String) {
        guard let running = runs.removeValue(forKey: id) else { return }
        running.mirror.close()
        running.run.giveUp()
    }

    /// Somebody has cancelled a task that may run here.
    func stop(_ id: String) { runs[id]?.run.stop(.abandoned) }

    // MARK: Leases

    /// Says of what runs here that it does. What another replica has taken, or somebody has cancelled, ends.
    func renew() {
        let held = runs.map { (id: $0.key, attempt: $0.value.mirror.attempt) }
        guard !held.isEmpty else { return }
        var arguments = RedisArguments()
        arguments.add(store.keys.prefix)
        for task in held {
            arguments.add(task.id)
            arguments.add(task.attempt)
        }
        store.run(store.scripts.renew, [store.keys.queue], arguments) { [weak self] result in
            guard let self, case .success(let reply) = result, reply.count == held.count else { return }
            for (place, task) in held.enumerated() {
                switch reply.withElement(place, { $0.integer }) {
                case 0: didLose(task.id, task.attempt)
                case 2: stop(task.id)
                default: break
                }
            }
        }
    }

    // MARK: The process ends

    /// Whether something of a task has to be done before the process ends.
    var isBusy: Bool { !isShutDown && !runs.isEmpty || lastWords > 0 }

    private func becomeQuiet() { if !isBusy { logs.didFinishTelling() } }

    /// Others take what runs here from where it began.
    func shutDown() {
        isShutDown = true
        for (id, running) in runs {
            running.mirror.close()
            running.run.giveUp()
            var arguments = RedisArguments()
            arguments.add(id)
            arguments.add(running.mirror.attempt)
            lastWords += 1
            let names = [store.keys.task(id), store.keys.queue, store.keys.bell]
            store.run(store.scripts.giveBack, names, arguments) { [weak self] _ in
                self?.lastWords -= 1
                self?.becomeQuiet()
            }
        }
        runs = [:]
    }
}
