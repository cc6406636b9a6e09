import Upstreams

/// What the journal keeps of a task: lines of JSON when it is taken, when it is begun, and when it is over.
struct TaskRecord: Sendable {
    let id: String
    let model: String
    let owner: TaskOwner
    let isLink: Bool
    /// Seconds since 1970.
    let created: Int
    /// How it is made; nil: it is not to be begun again.
    var plan: TaskPlan?
    /// How often it was begun.
    var runs = 0
    var isOver = false

    /// The id of the next run's first event. Nobody knows how many a run has told that ended with its process; all of
    /// them are below this, so that whoever has seen some of them misses nothing of what comes after.
    var firstEvent: Int { runs << 32 }

    /// How it ended.
    struct End: Sendable {
        let status: TaskStatus
        let updated: Int
        let progress: TaskProgress
        let failure: TaskFailure?
        let events: EventBatch
    }

    /// What one line says.
    enum Line {
        case taken(TaskRecord)
        case planned(id: String, TaskPlan)
        case begun(id: String)
        case ended(id: String, End)
    }

    init(id: String, model: String, owner: TaskOwner, isLink: Bool, created: Int) {
        self.id = id
        self.model = model
        self.owner = owner
        self.isLink = isLink
        self.created = created
    }

    // MARK: Writing

    /// The line of a task that was taken, with its line end.
    var line: [UInt8] {
        var line = ByteBuffer()
        line.appendJSON {
            $0.object {
                $0.member("record", "task")
                $0.member("id", id)
                $0.member("model", model)
                $0.member("created", created)
                $0.member("link", isLink)
                $0.member("user", owner.user)
                $0.member("team", owner.team)
                $0.member("key", owner.keyID)
            }
        }
        line.append("\n")
        return line.copy()
    }

    /// All that is written when it is taken, and that it was begun.
    var allLines: [TaskJournalLine] {
        var lines = [TaskJournalLine(id: id, kind: .task, bytes: line)]
        if let plan { lines.append(TaskJournalLine(id: id, kind: .plan, bytes: Self.line(id: id, plan))) }
        for _ in 0..<runs { lines.append(Self.begun(id)) }
        return lines
    }

    private static func line(id: String, _ plan: TaskPlan) -> [UInt8] {
        var line = ByteBuffer()
        line.appendJSON { writer in
            writer.object { writer in
                writer.member("record", "plan")
                writer.member("id", id)
                unsafe writer.member("order", raw: plan.order.span.bytes)
                unsafe writer.member("body", utf8: plan.body.span.bytes)
            }
        }
        line.append("\n")
        return line.copy()
    }

    /// That it was begun.
    static func begun(_ id: String) -> TaskJournalLine {
        var line = ByteBuffer()
        line.appendJSON {
            $0.object {
                $0.member("record", "begun")
                $0.member("id", id)
            }
        }
        line.append("\n")
        return TaskJournalLine(id: id, kind: .begun, bytes: line.copy())
    }

    /// The line of its end. `events`: the elements of a JSON array; `first`: the id of the first of them.
    static func line(
        id: String, _ status: TaskStatus, updated: Int, _ progress: TaskProgress, _ failure: TaskFailure?,
        events: RawSpan, from first: Int
    ) -> [UInt8] {
        var line = ByteBuffer()
        line.appendJSON { writer in
            writer.object { writer in
                writer.member("record", "end")
                writer.member("id", id)
                writer.member("status", status.rawValue)
                writer.member("updated", updated)
                writer.object("progress") { progress.write(to: &$0) }
                if let failure {
                    writer.object("error") {
                        $0.member("status", failure.status)
                        failure.write(to: &$0)
                    }
                }
                if first > 0 { writer.member("first", first) }
                writer.array("events") { $0.element(raw: events) }
            }
        }
        line.append("\n")
        return line.copy()
    }

    static func line(id: String, _ end: End) -> [UInt8] {
        var events = ByteBuffer()
        end.events.forEach(from: 0) { payload, _ in
            if !events.isEmpty { events.append(",") }
            events.append(payload)
        }
        return events.withBytes {
            line(
                id: id, end.status, updated: end.updated, end.progress, end.failure, events: $0,
                from: end.events.firstOffset)
        }
    }

    // MARK: Reading

    /// Reads a line; nil for one that is none, such as the last one before a crash.
    static func read(_ line: RawSpan, _ parser: JSONParser) -> Line? {
        guard let root = (try? parser.parse(line))?.root, let id = root["id"]?.string, !id.isEmpty else { return nil }
        switch root["record"]?.string {
        case "task": return TaskRecord(id: id, root).map { .taken($0) }
        case "plan": return TaskPlan(root).map { .planned(id: id, $0) }
        case "begun": return .begun(id: id)
        case "end": return End(root).map { .ended(id: id, $0) }
        default: return nil
        }
    }

    private init?(id: String, _ root: JSONValue) {
        guard let model = root["model"]?.string, let created = root["created"]?.int else { return nil }
        self.id = id
        self.model = model
        self.created = created
        isLink = root["link"]?.bool ?? false
        owner = TaskOwner(user: root["user"]?.string, team: root["team"]?.string, keyID: root["key"]?.string)
    }
}

extension TaskPlan {
    fileprivate init?(_ root: JSONValue) {
        guard let order = root["order"], let body = root["body"]?.string else { return nil }
        self.init(order: order.withSource { $0.copy() }, body: Array(body.utf8))
    }
}

extension TaskRecord.End {
    /// The end of a task that a restart has interrupted. `first`: the id of its one event.
    static func interrupted(now: Int, first: Int) -> TaskRecord.End {
        let event = TaskFailure.interrupted.event
        return TaskRecord.End(
            status: .failed, updated: now, progress: TaskProgress(), failure: .interrupted,
            events: EventBatch(
                firstOffset: first, entries: [EventBatch.Entry(end: event.count, kind: .progress)], payloads: event))
    }

    fileprivate init?(_ root: JSONValue) {
        guard let status = root["status"]?.string.flatMap({ TaskStatus(rawValue: $0) }), status.isOver,
            let updated = root["updated"]?.int, let events = root["events"], events.count > 0
        else { return nil }
        self.status = status
        self.updated = updated
        progress = TaskProgress(root["progress"])
        failure = TaskFailure(root["error"])
        var payloads: [UInt8] = []
        var entries: [EventBatch.Entry] = []
        for event in events.elements {
            event.withSource { source in unsafe source.withUnsafeBytes { unsafe payloads.append(contentsOf: $0) } }
            entries.append(EventBatch.Entry(end: payloads.count, kind: .progress))
        }
        let first = max(0, root["first"]?.int ?? 0)
        self.events = EventBatch(firstOffset: first, entries: entries, payloads: payloads)
    }
}
