import Upstreams

/// One worker's side of the tasks that replicas share in Redis: takes new ones, shows all of them, and has its
/// `TaskRunner` run those that it gets.
///
/// A task waits in a stream and is run by whoever takes it from there first and has a place. Who runs it says so three
/// times per lease; when nothing is heard of it for a lease, another takes it. What a client is told of a task is in
/// Redis before, so that any replica can go on with it. Belongs to the worker's loop and outlives reloads.
final class SharedTaskDesk: TaskRoom {
    let store: TaskStore
    let logs: LogDesk
    private let runner: TaskRunner
    private let parser: JSONParser
    private let shared: SharedState
    /// Milliseconds for which a replica that is not heard of is believed to live.
    private let lease: Int
    private let feed: LogFeed
    private weak var service: Service?
    private var followers: [String: TaskFollower] = [:]
    /// Tasks whose submission may or may not have been carried out, and that nobody knows of.
    private var doubtful: Set<String> = []
    private var bell: TaskBell?
    private var timer: (any ReactorTimer)?

    /// Must be made on the loop's thread.
    init(_ link: RedisLink, shared: SharedState, logs: LogDesk, parser: JSONParser) {
        store = TaskStore(client: link.client, keys: TaskKeys(prefix: link.prefix))
        lease = link.lease
        self.shared = shared
        self.logs = logs
        self.parser = parser
        runner = TaskRunner(store, lease: link.lease, shared: shared, logs: logs, parser: parser)
        feed = LogFeed(link, loop: logs.loop, blockMilliseconds: max(1, link.lease / 3), sharesSlot: true)
        timer = logs.loop.timer { [unowned self] in tick() }
    }

    func open(for service: Service) {
        self.service = service
        let bell = TaskBell(
            look: { [unowned runner] in runner.look() }, cancel: { [unowned runner] in runner.stop($0) })
        self.bell = bell
        feed.add(bell, keys.bell)
        runner.open(for: service)
        timer?.arm(milliseconds: max(1, lease / 3))
    }

    private var keys: TaskKeys { store.keys }

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
            reply = try await store.run(store.scripts.submit, names, arguments).elements
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
        runner.look()
        let created = reply.count > 1 ? reply[1].integer : nil
        return TaskSight(
            id: order.id, model: order.model, owner: order.owner, isLink: order.isLink,
            created: created ?? order.created)
    }

    func find(_ id: String) async throws(APIError) -> TaskSight? {
        var arguments = RedisArguments()
        for field in SharedTaskRecord.sightFields { arguments.add(field) }
        do throws(RedisError) {
            let reply = try await store.run(store.scripts.find, [keys.task(id), keys.log(id)], arguments)
            return SharedTaskRecord.sight(id, reply.elements, parser)
        } catch {
            throw .storeAway
        }
    }

    func cancel(_ task: TaskSight) async throws(APIError) -> TaskSight {
        if task.status.isOver { return task }
        do throws(RedisError) {
            let waited = try await store.run(store.scripts.cancel, cancelKeys(task.id), cancelArguments(task.id))
            accountForWaiting(task.id, waited.elements)
        } catch {
            throw .storeAway
        }
        runner.stop(task.id)
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
            let names = [keys.counts, keys.kept, keys.index]
            let reply = try await store.run(store.scripts.list, names, arguments).elements
            let tasks = reply.dropFirst().compactMap { task -> TaskSight? in
                guard let id = task.elements.first?.string else { return nil }
                return SharedTaskRecord.sight(id, Array(task.elements.dropFirst()), parser)
            }
            return TaskListing(total: reply.first?.integer ?? tasks.count, newest: tasks)
        } catch {
            throw .storeAway
        }
    }

    /// A task was cancelled that waited, with these fields: there is no run that accounts for it.
    private func accountForWaiting(_ id: String, _ values: [RedisValue]) {
        guard let service, let order = SharedTaskRecord.order(id, values, parser, service.runtime) else { return }
        TaskRun(order, EndedTaskBook(), service: service) { _ in }.end(.cancelled)
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
        for field in SharedTaskRecord.orderFields { arguments.add(field) }
        return arguments
    }

    /// Withdraws tasks that were refused because nobody answered, as soon as somebody does.
    private func withdraw() {
        for id in doubtful {
            store.run(store.scripts.cancel, cancelKeys(id), cancelArguments(id)) { [weak self] result in
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
            now: logs.loop.now)
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
        do throws(RedisError) {
            return try await Wakeup.answer { done in
                store.client.send(RedisCommand("XRANGE", key: keys.log(task.id), id, id)) { done(Self.event($0)) }
            }.get()
        } catch {
            throw .storeAway
        }
    }

    /// The events that were looked for; nil: there are none.
    private static func event(_ result: RedisResult) -> Result<EventBatch?, RedisError> {
        switch result {
        case .failure(let error): return .failure(error)
        case .success(let reply):
            guard reply.count > 0, case .events(let batch, _, _)? = reply.withElement(0, { LogRecord($0) }) else {
                return .success(nil)
            }
            return .success(batch)
        }
    }

    func didEnd(_ follower: TaskFollower) {
        guard followers[follower.id] === follower else { return }
        followers[follower.id] = nil
        feed.remove(keys.log(follower.id))
    }

    // MARK: Time

    private func tick() {
        timer?.arm(milliseconds: max(1, lease / 3))
        runner.renew()
        withdraw()
        for follower in followers.values { follower.watch() }
        runner.look(takingOver: true)
    }

    // MARK: The process ends

    var isBusy: Bool { runner.isBusy }

    /// Others take what runs here from where it began.
    func shutDown() { runner.shutDown() }
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
