import Policies
import Upstreams

/// What the store that replicas share has of a task, as fields of a hash: `head`, whose it is, for all who ask; `order`
/// and `body`, for who runs it, until it is over; and the fields that scripts write.
enum SharedTaskRecord {
    /// What `sight` reads, in its order.
    static let sightFields = [
        "head", "state", "created", "updated", "progress", "failure", "last", "first", "oldest",
    ]
    /// What `order` reads, in its order.
    static let orderFields = ["head", "created", "order", "body"]

    // MARK: Writing

    static func fields(_ order: TaskOrder) -> RedisArguments {
        var fields = RedisArguments()
        fields.add("head")
        fields.add(
            text { writer in
                writer.member("model", order.model)
                writer.member("link", order.isLink)
                writer.member("user", order.owner.user)
                writer.member("team", order.owner.team)
                writer.member("key", order.owner.keyID)
            })
        let plan = order.plan
        fields.add("order")
        fields.add(plan.order)
        fields.add("body")
        fields.add(plan.body)
        return fields
    }

    static func text(_ progress: TaskProgress) -> [UInt8] { text { progress.write(to: &$0) } }

    static func text(_ failure: TaskFailure?) -> [UInt8] {
        guard let failure else { return [] }
        return text { writer in
            writer.member("status", failure.status)
            failure.write(to: &writer)
        }
    }

    private static func text(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.appendJSON { $0.object { body(&$0) } }
        return buffer.copy()
    }

    // MARK: Reading

    /// From `hasEvents` and the fields; nil: no task of this form.
    static func sight(_ id: String, _ values: [RedisValue], _ parser: JSONParser) -> TaskSight? {
        guard values.count == 1 + sightFields.count, let hasEvents = values[0].integer,
            let head = head(id, values[1], created: values[3].integer ?? 0, parser),
            let state = values[2].string.flatMap({ TaskStatus(rawValue: $0) })
        else { return nil }
        var sight = TaskSight(
            id: id, model: head.model, owner: head.owner, isLink: head.isLink, created: head.created)
        sight.status = state.isOver && hasEvents == 0 ? .expired : state
        sight.updated = values[4].integer ?? head.created
        sight.progress = TaskProgress(document(values[5], parser)?.root)
        sight.failure = sight.status == .expired ? nil : TaskFailure(document(values[6], parser)?.root)
        sight.lastEvent = values[7].integer ?? -1
        sight.firstEvent = values[8].integer ?? 0
        sight.oldestEvent = values[9].integer ?? 0
        return sight
    }

    /// From the fields; nil: no task of this form, or one of a model that there is no more.
    static func order(
        _ id: String, _ values: some Collection<RedisValue>, _ parser: JSONParser, _ runtime: Runtime
    ) -> TaskOrder? {
        let values = Array(values)
        guard values.count == orderFields.count,
            let head = head(id, values[0], created: values[1].integer ?? 0, parser),
            case .bytes(let order) = values[2], case .bytes(let body) = values[3]
        else { return nil }
        return TaskOrder(head, TaskPlan(order: order, body: body), parser, runtime)
    }

    private static func head(
        _ id: String, _ value: RedisValue, created: Int, _ parser: JSONParser
    ) -> TaskRecord? {
        guard let root = document(value, parser)?.root, let model = root["model"]?.string else { return nil }
        let owner = TaskOwner(user: root["user"]?.string, team: root["team"]?.string, keyID: root["key"]?.string)
        return TaskRecord(id: id, model: model, owner: owner, isLink: root["link"]?.bool ?? false, created: created)
    }

    private static func document(_ value: RedisValue, _ parser: JSONParser) -> JSONDocument? {
        guard case .bytes(let bytes) = value, !bytes.isEmpty else { return nil }
        return try? ByteBuffer(bytes).withBytes { try parser.parse($0) }
    }
}
