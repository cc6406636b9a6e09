import Policies
import Upstreams

/// How a task is written down, so that another process can make it: one object, and the request's body beside it.
///
/// Without the caller's own key: that is written nowhere.
extension TaskOrder {
    /// Whether another process can make it: no provider of it gets the caller's own key.
    var isRepeatable: Bool {
        guard request.callerKey != nil else { return true }
        let names = asked.route.targets.map(\.upstream)
        return !runtime.configuration.upstreams.contains { upstream in
            guard names.contains(upstream.name), case .client? = upstream.kind.http?.credential else { return false }
            return true
        }
    }

    var plan: TaskPlan {
        var order = ByteBuffer()
        order.appendJSON { $0.object { write(to: &$0) } }
        return TaskPlan(order: order.copy(), body: request.document.root.withSource { $0.copy() })
    }

    private func write(to writer: inout JSONWriter) {
        writer.member("model", model)
        writer.member("route", routeName)
        writer.member("target_model", asked.model)
        writer.member("stand_ins", asked.alternatives)
        writer.member("caller", asked.user)
        writer.member("listener", grant.listener)
        writer.member("client", grant.line.clientAddress)
        writer.member("dialect", grant.line.dialect)
        writer.member("tls", grant.line.tlsVersion)
        writer.member("tags", grant.identity.tags)
        writer.member("prompt_tokens", grant.promptTokens)
        writer.object("request") { writer in
            writer.member("id", request.requestID)
            writer.member("alternatives", request.alternatives)
            writer.member("anthropic", request.hasAnthropicMembers)
            writer.array("fields") { fields in
                for field in request.fields { fields.array { $0.strings([field.name, field.value]) } }
            }
        }
        if let facts = grant.facts { writer.object("facts") { facts.write(to: &$0) } }
        guard let held = grant.admission?.grant else { return }
        writer.object("held") { writer in
            writer.member("taken_at", held.takenAt)
            writer.member("model", held.model)
            writer.member("choices", held.choiceCount)
            writer.array("reservations") { list in
                for reservation in held.reservations {
                    list.object { writer in
                        writer.member("rule", reservation.rule)
                        writer.member("subject", reservation.subject)
                        writer.member("amount", reservation.amount)
                        writer.member("period", reservation.period)
                    }
                }
            }
        }
    }

    /// What was written down; nil: this is none, or names a model that there is no more.
    init?(_ head: TaskRecord, _ plan: TaskPlan, _ parser: JSONParser, _ runtime: Runtime) {
        guard let root = parser.document(plan.order)?.root, let body = parser.document(plan.body),
            let routeName = root["route"]?.string, let route = runtime.models.route(routeName),
            let target = root["target_model"]?.string, let request = root["request"], let id = request["id"]?.string
        else { return nil }
        self.id = head.id
        model = head.model
        owner = head.owner
        isLink = head.isLink
        created = head.created
        self.runtime = runtime
        self.routeName = routeName
        var asked = RequestedRoute(route: route, model: target, user: root["caller"]?.string)
        asked.alternatives = root["stand_ins"]?.strings ?? []
        self.asked = asked
        let fields = request["fields"]?.elements.compactMap { field -> HTTPField? in
            let words = field.strings
            return words.count == 2 ? HTTPField(words[0], words[1]) : nil
        }
        self.request = CompletionRequest(
            document: body, model: head.model, isStream: true, wantsUsage: true, requestID: id, fields: fields ?? [],
            alternatives: request["alternatives"]?.strings ?? [],
            hasAnthropicMembers: request["anthropic"]?.bool ?? false)
        var line = AccessLogEntry()
        line.requestID = id
        line.listener = root["listener"]?.string ?? ""
        line.clientAddress = root["client"]?.string ?? ""
        line.dialect = root["dialect"]?.string ?? ""
        line.tlsVersion = root["tls"]?.string ?? ""
        line.model = head.model
        line.keyID = head.owner.keyID ?? ""
        line.user = head.owner.user ?? ""
        grant = TaskGrant(
            admission: root["held"].flatMap { Self.restore($0, runtime) },
            promptTokens: root["prompt_tokens"]?.int ?? 0, facts: root["facts"].map { RequestFacts($0) },
            listener: line.listener,
            identity: Identity(
                keyID: head.owner.keyID, user: head.owner.user, team: head.owner.team,
                tags: root["tags"]?.strings ?? [], models: []),
            line: line)
    }

    private static func restore(_ held: JSONValue, _ runtime: Runtime) -> Admission? {
        let reservations = held["reservations"]?.elements.compactMap { item -> LimitReservation? in
            guard let rule = item["rule"]?.string, let subject = item["subject"]?.string,
                let amount = item["amount"]?.int, let period = item["period"]?.int
            else { return nil }
            return LimitReservation(rule: rule, subject: subject, amount: amount, period: period)
        }
        return runtime.limiter.restore(
            reservations ?? [], takenAt: held["taken_at"]?.int ?? 0, model: held["model"]?.string ?? "",
            choices: held["choices"]?.int ?? 1)
    }
}

extension JSONParser {
    fileprivate func document(_ text: [UInt8]) -> JSONDocument? {
        try? ByteBuffer(text).withBytes { try parse($0) }
    }
}

extension JSONWriter {
    fileprivate mutating func member(_ key: StaticString, _ list: [String]) {
        array(key) { $0.strings(list) }
    }

    fileprivate mutating func strings(_ list: [String]) {
        for text in list { element(text) }
    }
}

extension JSONValue {
    /// The strings of an array.
    fileprivate var strings: [String] { elements.compactMap(\.string) }
}
