import Policies
import Synchronization
import Upstreams

/// One worker's side of the tasks that replicas share in Redis: takes new ones, runs those that it gets, and shows all
/// of them.
///
/// A task waits in a stream and is run by whoever takes it from there first and has a place. Who runs it says so three
/// times per lease; when nothing is heard of it for a lease, another takes it. What a client is told of a task is in
/// Redis before, so that any replica can go on with it. Belongs to the worker's loop and outlives reloads.
final class SharedTaskDesk: TaskRoom {
    let keys: TaskKeys
    let scripts = TaskScripts()
    let client: RedisClient
    let logs: LogDesk
    private let parser: JSONParser
    private let shared: SharedState
    /// Milliseconds for which a replica that is not heard of is believed to live.
    private let lease: Int
    private let feed: LogFeed
    private weak var service: Service?
    private var runs: [String: Running] = [:]
    private var followers: [String: TaskFollower] = [:]
    /// Tasks whose submission may or may not have been carried out, and that nobody knows of.
    private var doubtful: Set<String> = []
    private var bell: TaskBell?
    private var timer: (any ReactorTimer)?
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
    init(_ link: RedisLink, shared: SharedState, logs: LogDesk, parser: JSONParser) {
        keys = TaskKeys(prefix: link.prefix)
        client = link.client
        lease = link.lease
        self.shared = shared
        self.logs = logs
        self.parser = parser
        feed = LogFeed(link, loop: logs.loop, blockMilliseconds: max(1, link.lease / 3), sharesSlot: true)
        timer = logs.loop.timer { [unowned self] in tick() }
        lookTimer = logs.loop.timer { [unowned self] in look(isRetry: true) }
    }

    func open(for service: Service) {
        self.service = service
        let bell = TaskBell(look: { [unowned self] in look() }, cancel: { [unowned self] in stop($0) })
        self.bell = bell
        feed.add(bell, keys.bell)
        look(takingOver: true)
        timer?.arm(milliseconds: max(1, lease / 3))
    }

    private var settings: TasksConfiguration? { service?.runtime.configuration.tasks }

    // MARK: Tasks

    func submit(_ order: TaskOrder) async throws(APIError) -> TaskSight {
        guard order.isRepeatable else { throw .needsCallerKey }
        let settings = order.runtime.configuration.tasks
        let most = settings.maxRunning * shared.replica.count + settings.maxQueued
        var arguments = RedisArguments()
        arguments.add(order.id)
        arguments.add(order.owner.share)
        arguments.add(most)
        arguments.add(settings.maxPerUser)
        arguments.add(shared.tasks.running.current < settings.maxRunning ? 0 : 1)
        arguments.add(contentsOf: SharedTaskRecord.fields(order))
        let names = [keys.task(order.id), keys.queue, keys.counts, keys.bell, keys.index]
        let reply: [RedisValue]
        do throws(RedisError) {
            reply = try await run(scripts.submit, names, arguments).elements
        } catch {
            if error.mayHaveEffect { doubtful.insert(order.id) }
            throw .storeAway
        }
        switch reply.first?.integer {
        case 0: break
        case 1: throw .tooManyTasks(.full(limit: most))
        case 2: throw .tooManyTasks(.share(limit: settings.maxPerUser))
        default: throw .storeAway
        }
        order.grant.leave()
        look()
        let created = reply.count > 1 ? reply[1].integer : nil
        return TaskSight(
            id: order.id, model: order.model, owner: order.owner, isLink: order.isLink,
            created: created ?? order.created)
    }

    func find(_ id: String) async throws(APIError) -> TaskSight? {
        var arguments = RedisArguments()
        for field in SharedTaskRecord.sightFields { arguments.add(field) }
        do throws(RedisError) {
            let reply = try await run(scripts.find, [keys.task(id), keys.log(id)], arguments)
            return SharedTaskRecord.sight(id, reply.elements, parser)
        } catch {
            throw .storeAway
        }
    }

    func cancel(_ task: TaskSight) async throws(APIError) -> TaskSight {
        if task.status.isOver { return task }
        do throws(RedisError) {
            _ = try await run(scripts.cancel, cancelKeys(task.id), cancelArguments(task.id))
        } catch {
            throw .storeAway
        }
        stop(task.id)
        guard var task = try await find(task.id) else { throw .unknownTask }
        // Whoever runs it is told, and ends it in no other way.
        if !task.status.isOver { (task.status, task.failure) = (.cancelled, .cancelled) }
        return task
    }

    func list() async throws(APIError) -> TaskListing {
        var arguments = RedisArguments()
        arguments.add(keys.prefix)
        arguments.add(TaskListing.limit)
        for field in SharedTaskRecord.sightFields { arguments.add(field) }
        do throws(RedisError) {
            let reply = try await run(scripts.list, [keys.counts, keys.kept, keys.index], arguments).elements
            let tasks = reply.dropFirst().compactMap { task -> TaskSight? in
                guard let id = task.elements.first?.string else { return nil }
                return SharedTaskRecord.sight(id, Array(task.elements.dropFirst()), parser)
            }
            return TaskListing(total: reply.first?.integer ?? tasks.count, newest: tasks)
        } catch {
            throw .storeAway
        }
    }

    private func cancelKeys(_ id: String) -> [String] {
        [keys.task(id), keys.log(id), keys.queue, keys.counts, keys.kept, keys.bell]
    }

    private func cancelArguments(_ id: String) -> RedisArguments {
        var arguments = RedisArguments()
        arguments.add(id)
        arguments.add(SharedTaskRecord.text(TaskFailure.cancelled))
        arguments.add(TaskFailure.cancelled.event)
        arguments.add(settings?.retentionSeconds ?? 1)
        arguments.add(settings?.maxBytes ?? 0)
        arguments.add(keys.prefix)
        return arguments
    }

    /// Withdraws tasks that were refused because nobody answered, as soon as somebody does.
    private func withdraw() {
        for id in doubtful {
            client.run(scripts.cancel, keys: cancelKeys(id), arguments: cancelArguments(id)) { [weak self] result in
                if result.error == nil { self?.doubtful.remove(id) }
            }
        }
    }

    // MARK: Events

    func read(_ task: TaskSight, from offset: Int, waking wakeup: Wakeup) throws(APIError) -> LogCursor {
        if let known = followers[task.id]?.log {
            if let cursor = logs.open(known, at: offset, waking: wakeup) { return cursor }
            // Else nobody reads it any more.
            if known.firstOffset > offset { throw .eventsForgotten }
        }
        let log = SharedLog(
            isStream: true, whenAbandoned: .cancel, terms: nil, home: logs.address,
            maxBytes: service?.runtime.configuration.bounds.maxLogBytes ?? 0, memory: shared.tasks.memory,
            now: loop.now)
        guard let cursor = logs.open(log, at: offset, waking: wakeup) else {
            preconditionFailure("a new log that nobody may join")
        }
        let follower = TaskFollower(task.id, log, desk: self)
        followers[task.id] = follower
        logs.host(log) { follower.stop($0) }
        feed.add(follower, keys.log(task.id))
        return cursor
    }

    func lastEvent(of task: TaskSight) async throws(APIError) -> EventBatch? {
        let id = "\(task.lastEvent + 1)-0"
        let wakeup = Wakeup()
        var answer: Result<EventBatch?, RedisError>?
        client.send(RedisCommand("XRANGE", key: keys.log(task.id), id, id)) { result in
            switch result {
            case .failure(let error): answer = .failure(error)
            case .success(let reply):
                guard reply.count > 0, case .events(let batch, _, _)? = reply.withElement(0, { LogRecord($0) }) else {
                    answer = .success(nil)
                    break
                }
                answer = .success(batch)
            }
            wakeup.wake()
        }
        while true {
            switch answer {
            case .success(let batch): return batch
            case .failure: throw .storeAway
            case nil: await wakeup.wait()
            }
        }
    }

    func didEnd(_ follower: TaskFollower) {
        guard followers[follower.id] === follower else { return }
        followers[follower.id] = nil
        feed.remove(keys.log(follower.id))
    }

    // MARK: Taking

    /// Takes as many tasks as there are places for. `takingOver`: also those of replicas that are lost.
    private func look(takingOver: Bool = false, isRetry: Bool = false) {
        guard let service, let settings, !shared.isDraining else { return }
        guard !isLooking else { return looksAgain = true }
        var slots: [InFlight.Slot] = []
        while slots.count < Self.batch, let slot = shared.tasks.running.take(atMost: settings.maxRunning) {
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
        arguments.add(keys.prefix)
        arguments.add(slots.count)
        arguments.add(shared.replica.id)
        arguments.add(takingOver ? lease : 0)
        for field in SharedTaskRecord.orderFields { arguments.add(field) }
        client.run(scripts.take, keys: [keys.queue], arguments: arguments) { [weak self] result in
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
            desk: self)
        guard let order = SharedTaskRecord.order(id, values[5...], parser, runtime) else {
            return mirror.end(.failed(.notMakeable)) { _ in mirror.close() }
        }
        let run = TaskRun(order, mirror, service: service) { [unowned self] in didEnd($0) }
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
        guard let running = runs[id], running.mirror.attempt == attempt else { return }
        runs[id] = nil
        running.mirror.close()
        running.run.giveUp()
        look()
        becomeQuiet()
    }

    /// Somebody has cancelled a task that may run here.
    private func stop(_ id: String) { runs[id]?.run.stop(.abandoned) }

    // MARK: Leases

    private func tick() {
        timer?.arm(milliseconds: max(1, lease / 3))
        renew()
        withdraw()
        for follower in followers.values { follower.watch() }
        look(takingOver: true)
    }

    private func renew() {
        let held = runs.map { (id: $0.key, attempt: $0.value.mirror.attempt) }
        guard !held.isEmpty else { return }
        var arguments = RedisArguments()
        arguments.add(keys.prefix)
        for task in held {
            arguments.add(task.id)
            arguments.add(task.attempt)
        }
        client.run(scripts.renew, keys: [keys.queue], arguments: arguments) { [weak self] result in
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
            client.run(scripts.giveBack, keys: [keys.task(id), keys.queue, keys.bell], arguments: arguments) {
                [weak self] _ in
                self?.lastWords -= 1
                self?.becomeQuiet()
            }
        }
        runs = [:]
    }

    // MARK: Commands

    private func run(
        _ script: RedisScript, _ keys: [String], _ arguments: RedisArguments
    ) async throws(RedisError) -> RedisValue {
        let wakeup = Wakeup()
        var answer: Result<RedisValue, RedisError>?
        client.run(script, keys: keys, arguments: arguments) { result in
            answer = result.value
            wakeup.wake()
        }
        while true {
            if let answer { return try answer.get() }
            await wakeup.wait()
        }
    }
}

extension RedisError {
    /// Whether the command may have been carried out, or may yet be.
    fileprivate var mayHaveEffect: Bool {
        switch self {
        case .timeout, .connectionLost, .protocolViolation, .closed: true
        default: false
        }
    }
}

extension APIError {
    fileprivate static let storeAway = APIError.unavailable(
        "The store of tasks does not answer; try again later.", retryAfter: 1000)

    fileprivate static let needsCallerKey = APIError.invalid(
        "The model's provider is called with your own key, which is not written down: it cannot be asked for a task.",
        param: "model")
}
