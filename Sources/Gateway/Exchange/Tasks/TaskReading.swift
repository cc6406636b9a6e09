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
    private var cursor: LogCursor?
    private let wakeup = Wakeup()
    private var hasClientLeft = false
    private var isShutDown = false
    private var isCancelled = false
    /// For what tasks tell, which gathers and wraps what providers have said: the bounds of a single text do not hold.
    private lazy var parser = JSONParser(maxDepth: 1000, maxValues: (1 << 24) - 1)

    private var response: ResponseWriter { exchange.response }

    init(_ exchange: Exchange) { self.exchange = exchange }

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
            throw noEvent
        }
        return offset + 1
    }

    private static var noEvent: APIError {
        .invalid("'Last-Event-ID' must be the id of an event of this task: a whole number.", param: "Last-Event-ID")
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
        cursor?.close()
    }

    // MARK: Reading

    func run() async {
        do throws(APIError) {
            let task = try await exchange.task()
            exchange.entry.model = task.model
            if isShutDown { throw .shuttingDown }
            if hasClientLeft {
                return exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
            }
            if Self.form(exchange.connection.head) == .result {
                try await sendResult(of: task)
            } else {
                try await tell(task)
            }
        } catch {
            hasClientLeft
                ? exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
                : exchange.answer(error)
        }
    }

    private func tell(_ task: TaskSight) async throws(APIError) {
        if task.status == .expired { throw .resultExpired }
        let first = max(try Self.firstEvent(exchange.connection.head), task.firstEvent)
        guard first >= task.oldestEvent else { throw .eventsForgotten }
        if task.status.isOver, first > task.lastEvent + 1 { throw Self.noEvent }
        let cursor = try exchange.service.tasks.read(task, from: first, waking: wakeup)
        self.cursor = cursor
        response.beginStream(.ok) { output in
            output.append("content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n")
            exchange.writeCommonFields(to: &output)
        }
        if exchange.connection.head.method == .head { return finish() }
        while !hasClientLeft {
            if !response.isFull {
                if cursor.isOverrun { return breakOff(.overrun) }
                deliver(cursor)
                if let end = cursor.end, !cursor.hasUnread { return over(end) }
            }
            if isShutDown { return breakOff(.shuttingDown) }
            if isCancelled { return breakOff(.cancelledByOperator) }
            await wakeup.wait()
        }
        exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
    }

    private func deliver(_ cursor: LogCursor) {
        guard cursor.hasUnread else { return }
        let parser = parser
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

    private func over(_ end: CompletionEnd) {
        switch end {
        case .completed: finish()
        case .failed(let error): breakOff(APIError(error))
        case .cancelled(let cause): breakOff(APIError(cause))
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
    private func sendResult(of task: TaskSight) async throws(APIError) {
        switch task.status {
        case .completed: break
        case .queued, .running: throw .taskNotOver(task.status)
        case .failed, .cancelled: throw APIError(task.failure ?? .cancelled)
        case .expired: throw .resultExpired
        }
        guard let batch = try await exchange.service.tasks.lastEvent(of: task) else { throw .resultExpired }
        var body = ByteBuffer()
        let parser = parser
        batch.forEach(from: task.lastEvent) { payload, _ in
            guard let data = (try? parser.parse(payload))?.root["data"] else { return }
            data.withSource { body.append($0) }
        }
        // What cannot be read is not told as a result.
        if body.isEmpty { throw .resultExpired }
        exchange.send(.ok, body) { $0.append("content-type: application/json\r\n") }
        exchange.finish(.completed)
    }
}
