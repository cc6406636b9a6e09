import Upstreams

/// `GET /v1/results/{id}` (API page, task dialect): the events of a task from wherever the client is, live until it is
/// over; or its result.
///
/// Reads the task's log, which the guards have passed already. States: made → reading → over.
final class TaskReading: ExchangeWork {
    /// In which form a client wants it.
    enum Form {
        case events, result, page
    }

    private let exchange: Exchange
    private let entry: TaskEntry
    private let cursor: LogCursor
    private let wakeup = Wakeup()
    private var hasClientLeft = false
    private var isShutDown = false
    private var isCancelled = false

    private var response: ResponseWriter { exchange.response }

    init(_ exchange: Exchange) throws(APIError) {
        self.exchange = exchange
        entry = try exchange.task()
        let desk = exchange.service.desk
        let maxBytes = exchange.runtime.configuration.bounds.maxLogBytes
        let log = entry.log { batch in
            let log = exchange.service.tasks.makeLog(maxBytes: maxBytes)
            _ = log.publish(SharedLog.Publication(batch: batch, end: .completed), now: desk.loop.now)
            return log
        }
        guard let log else { throw .resultExpired }
        let first: Int
        switch Self.form(exchange.connection.head) {
        case .result: first = try Self.lastEvent(of: entry)
        case .events, .page: first = try Self.firstEvent(exchange.connection.head)
        }
        guard let cursor = desk.open(log, at: first, waking: wakeup) else { throw .eventsForgotten }
        self.cursor = cursor
        exchange.entry.model = entry.model
    }

    /// What the `accept` field asks for; without one, events.
    static func form(_ head: RequestHead) -> Form {
        guard let accept = head.value(of: "accept") else { return .events }
        if accept.contains("text/event-stream") { return .events }
        if accept.contains("text/html") { return .page }
        return accept.contains("application/json") ? .result : .events
    }

    /// The offset of the event after the one that the client has.
    private static func firstEvent(_ head: RequestHead) throws(APIError) -> Int {
        guard let text = head.value(of: "last-event-id"), !text.isEmpty else { return 0 }
        guard text.utf8.allSatisfy({ 48...57 ~= $0 }), let offset = Int(text), offset < .max else {
            throw .invalid(
                "'Last-Event-ID' must be the id of an event of this task: a whole number.", param: "Last-Event-ID")
        }
        return offset + 1
    }

    /// The offset of the event that is the result.
    private static func lastEvent(of entry: TaskEntry) throws(APIError) -> Int {
        let snapshot = entry.snapshot
        switch snapshot.status {
        case .completed: return snapshot.lastEvent
        case .queued, .running: throw .taskNotOver(snapshot.status)
        case .failed, .cancelled: throw APIError(snapshot.failure ?? .cancelled)
        case .expired: throw .resultExpired
        }
    }

    // MARK: ExchangeWork

    func clientLeft() {
        hasClientLeft = true
        wakeup.wake()
    }

    func clientIsReady() { wakeup.wake() }

    func keepAlive() {
        guard response.hasBegun, !hasClientLeft else { return }
        response.events { $0.comment("keep-alive") }
    }

    func shutDown() {
        isShutDown = true
        wakeup.wake()
    }

    func cancel() {
        isCancelled = true
        wakeup.wake()
    }

    var progress: WorkProgress { WorkProgress(.responding) }

    var upstreamNanoseconds: Int64? { nil }

    func writePolicyFields(to output: inout ByteBuffer) {}

    func account(
        into entry: inout AccessLogEntry, _ outcome: RequestOutcome, errorCode: String, source: ErrorSource,
        duration: Int
    ) {
        cursor.close()
    }

    // MARK: Reading

    func run() async {
        if Self.form(exchange.connection.head) == .result { return sendResult() }
        response.beginStream(.ok) { output in
            output.append("content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n")
            exchange.writeCommonFields(to: &output)
        }
        if exchange.connection.head.method == .head { return finish() }
        while !hasClientLeft {
            if !response.isFull {
                if cursor.isOverrun { return breakOff(.overrun) }
                deliver()
                if cursor.end != nil, !cursor.hasUnread { return finish() }
            }
            if isShutDown { return breakOff(.shuttingDown) }
            if isCancelled { return breakOff(.cancelledByOperator) }
            await wakeup.wait()
        }
        exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
    }

    private func deliver() {
        guard cursor.hasUnread else { return }
        let parser = exchange.service.parser
        var offset = cursor.offset
        response.events { writer in
            _ = cursor.drain { payload, _ in
                if let root = (try? parser.parse(payload))?.root, let name = root["event"]?.string,
                    let data = root["data"]
                {
                    data.withSource { writer.event(named: name, $0, id: offset) }
                }
                offset += 1
            }
        }
    }

    private func finish() {
        response.endStream()
        exchange.finish(.completed)
    }

    /// The client may come back for the rest.
    private func breakOff(_ error: APIError) {
        response.abort()
        exchange.finish(RequestOutcome(error.source), errorCode: error.label, source: error.source)
    }

    /// The data of the last event.
    private func sendResult() {
        var body = ByteBuffer()
        let parser = exchange.service.parser
        _ = cursor.drain { payload, _ in
            guard let data = (try? parser.parse(payload))?.root["data"] else { return }
            data.withSource { body.append($0) }
        }
        exchange.send(.ok, body) { $0.append("content-type: application/json\r\n") }
        exchange.finish(.completed)
    }
}
