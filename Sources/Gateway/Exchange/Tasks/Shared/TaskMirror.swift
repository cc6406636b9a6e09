import Upstreams

/// Writes one run of a task into the store that replicas share, in order and without a gap, whatever becomes of
/// single commands.
///
/// One command is on its way at a time. Its reply says which events are there, and the next one goes on behind them:
/// what was lost on either side is sent again, and nothing is there twice. While the store is away events are kept here,
/// as many bytes as a log may have. States: open → ending (`end`) → ended; or → lost, when another replica has the task.
final class TaskMirror: TaskBook {
    let id: String
    let attempt: Int
    private unowned let runner: TaskRunner
    private let store: TaskStore
    private let settings: TasksConfiguration
    private let maxBytes: Int
    /// What this turn has added.
    private var pending = PendingEvents()
    private var isSealDue = false
    private var batches: [EventBatch] = []
    /// The offset after the last event of `batches`.
    private var endOffset: Int
    /// The offset after the last event that the store has, as it said last.
    private var storedOffset: Int
    /// Of the oldest event that the store is to keep.
    private var oldestOffset: Int
    private var bytes = 0
    private var keptBytes = 0
    /// What the store is to be told of how far the task has come; nil: it knows.
    private var progress: TaskProgress?
    private var ending: (proposed: TaskEnding, done: (TaskEnding) -> Void)?
    private var isAsking = false
    private var isOver = false
    private var retry: (any ReactorTimer)?

    /// Milliseconds until a command that failed is sent again.
    private static let pause = 100
    /// Bytes of events that travel together.
    private static let maxRecord = 262_144

    /// - Parameters:
    ///   - offset: of the first event that this run writes.
    ///   - maxBytes: of events that are kept.
    init(
        _ id: String, attempt: Int, offset: Int, _ settings: TasksConfiguration, maxBytes: Int, runner: TaskRunner
    ) {
        self.id = id
        self.attempt = attempt
        self.settings = settings
        self.maxBytes = maxBytes
        self.runner = runner
        store = runner.store
        endOffset = offset
        storedOffset = offset
        // A run that follows another begins behind the event that tells of it.
        oldestOffset = max(0, offset - 1)
        retry = runner.loop.timer { [unowned self] in send() }
    }

    // MARK: TaskBook

    func append(_ event: RawSpan) {
        pending.append(event, .progress)
        bytes += event.byteCount
        guard !isSealDue else { return }
        isSealDue = true
        runner.loop.atEndOfTurn(self)
    }

    func note(_ progress: TaskProgress) { self.progress = progress }

    func end(_ proposed: TaskEnding, done: @escaping (TaskEnding) -> Void) {
        seal()
        ending = (proposed, done)
        send()
    }

    /// Nothing more is sent.
    func close() {
        isOver = true
        // It holds the run, which holds this.
        ending = nil
        retry?.cancel()
    }

    private func seal() {
        guard pending.count > 0 else { return }
        let batch = pending.seal(firstOffset: endOffset)
        endOffset = batch.endOffset
        batches.append(batch)
        keptBytes += batch.cost
        while keptBytes > maxBytes, batches.count > 1 {
            keptBytes -= batches.removeFirst().cost
            oldestOffset = batches[0].firstOffset
        }
    }

    // MARK: Sending

    private func send() {
        guard !isAsking, !isOver else { return }
        if let batch = nextRecord() {
            append(batch)
        } else if let ending {
            end(ending.proposed)
        }
    }

    /// What comes behind the events that the store has.
    private func nextRecord() -> EventBatch? {
        guard storedOffset < endOffset, let oldest = batches.first else { return nil }
        if storedOffset < oldest.firstOffset {
            // What should come first is gone here and there.
            storedOffset = oldest.firstOffset
            oldestOffset = oldest.firstOffset
        }
        guard let first = batches.lastIndex(where: { $0.firstOffset <= storedOffset }) else { return nil }
        var size = 0
        let record = batches[first...].prefix { batch in
            defer { size += batch.payloads.count }
            return size == 0 || size + batch.payloads.count <= Self.maxRecord
        }
        return record.count < 2 ? record.first : EventBatch(joining: Array(record))
    }

    private func append(_ batch: EventBatch) {
        var arguments = RedisArguments()
        arguments.add(attempt)
        arguments.add(batch.firstOffset)
        arguments.add(batch.endOffset)
        arguments.add(oldestOffset)
        let told = progress
        arguments.add(told.map { SharedTaskRecord.text($0) } ?? [])
        arguments.add(contentsOf: LogRecord.fields(batch, SharedLog.Publication(batch: batch)))
        let keys = [store.keys.task(id), store.keys.log(id)]
        ask(store.scripts.append, keys, arguments) { [self] reply in
            guard let offset = reply.integer, offset >= 0 else { return lose() }
            if offset == batch.endOffset, progress == told { progress = nil }
            storedOffset = offset
            send()
        }
    }

    private func end(_ proposed: TaskEnding) {
        var arguments = RedisArguments()
        arguments.add(id)
        arguments.add(attempt)
        arguments.add(endOffset)
        arguments.add(proposed.status.rawValue)
        arguments.add(SharedTaskRecord.text(proposed.failure))
        arguments.add(proposed.event)
        arguments.add(SharedTaskRecord.text(TaskFailure.cancelled))
        arguments.add(TaskFailure.cancelled.event)
        arguments.add(progress.map { SharedTaskRecord.text($0) } ?? [])
        arguments.add(bytes)
        arguments.add(settings.retentionSeconds)
        arguments.add(settings.maxBytes)
        arguments.add(store.keys.prefix)
        let keys = [
            store.keys.task(id), store.keys.log(id), store.keys.queue, store.keys.counts, store.keys.kept,
        ]
        ask(store.scripts.end, keys, arguments) { [self] reply in
            let code = reply.count > 0 ? reply.withElement(0) { $0.integer } ?? -1 : -1
            switch code {
            case 0...:
                storedOffset = code
                send()
            case -2:
                let status = reply.count > 1 ? reply.withElement(1) { $0.string } : nil
                didEnd(status == TaskStatus.cancelled.rawValue ? .cancelled : proposed)
            default: lose()
            }
        }
    }

    private func ask(
        _ script: RedisScript, _ keys: [String], _ arguments: RedisArguments, _ took: @escaping (RedisReply) -> Void
    ) {
        isAsking = true
        store.run(script, keys, arguments) { [weak self] result in
            guard let self else { return }
            isAsking = false
            guard !isOver else { return }
            switch result {
            case .success(let reply): took(reply)
            case .failure: retry?.arm(milliseconds: Self.pause)
            }
        }
    }

    // MARK: Over

    private func didEnd(_ ending: TaskEnding) {
        let done = self.ending?.done
        close()
        done?(ending)
    }

    private func lose() {
        close()
        runner.didLose(id, attempt)
    }
}

extension TaskMirror: TurnTask {
    func runAtEndOfTurn() {
        isSealDue = false
        seal()
        send()
    }
}
