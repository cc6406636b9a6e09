import Upstreams

/// The answer to `POST /chat` and `POST /chat/stream` with a message: runs the chat and writes what comes of it.
///
/// Owns the chat. Tells an error by its status as long as nothing has gone out, then as an event; accounts once.
final class AgentResponse: ExchangeWork, AgentEvents {
    private let exchange: Exchange
    private let isStream: Bool
    private let encoder: AgentEventEncoder
    private var chat: AgentChat?
    /// Why it is to stop, unless its client has left.
    private var interruption: APIError?

    init(_ exchange: Exchange, isStream: Bool) {
        self.exchange = exchange
        self.isStream = isStream
        encoder = AgentEventEncoder(form: .stream, parser: exchange.service.parser)
    }

    func start(_ request: AgentRequest) {
        let chat = AgentChat(request, on: exchange, telling: self)
        self.chat = chat
        exchange.entry.stream = isStream
        exchange.service.loop.start { await self.run(chat) }
    }

    private func run(_ chat: AgentChat) async {
        do throws(APIError) {
            if let outcome = try await chat.run() { finish(outcome, chat.conversation) } else { leave() }
        } catch {
            fail(error)
        }
        self.chat = nil
    }

    // MARK: ExchangeWork

    func clientLeft() { chat?.interrupt() }
    func clientIsReady() { chat?.wake() }

    func keepAlive() {
        guard isStream, chat != nil else { return }
        begin()
        exchange.response.events { $0.comment("keep-alive") }
    }

    func shutDown() {
        interruption = .shuttingDown
        chat?.interrupt()
    }

    func cancel() {
        interruption = .cancelledByOperator
        chat?.interrupt()
    }

    var progress: WorkProgress {
        chat?.progress(exchange.response.hasBegun ? .responding : .waiting) ?? WorkProgress(.queued)
    }

    var upstreamNanoseconds: Int64? { chat?.upstreamNanoseconds }

    func writePolicyFields(to output: inout ByteBuffer) { chat?.writePolicyFields(to: &output) }

    /// Each answer of the model has accounted for itself; what is left are requests that came to none.
    func account(
        into entry: inout AccessLogEntry, _ outcome: RequestOutcome, errorCode: String, source: ErrorSource,
        duration: Int
    ) {
        guard chat?.hasAsked != true else { return }
        exchange.series(of: nil).values.ended(
            upstream: nil, status: outcome == .clientDisconnected ? 499 : entry.status, nanoseconds: duration,
            error: (source, errorCode))
    }

    // MARK: AgentEvents

    var isFull: Bool { isStream && exchange.response.isFull }

    func chunk(_ text: RawSpan) { send { encoder.chunk(text, isComplete: false) } }

    func toolStarted(_ call: AgentToolCall) { send { encoder.tool("tool_call_start", call) } }

    func toolEnded(_ call: AgentToolCall) {
        send { encoder.tool(call.status == .completed ? "tool_call_complete" : "tool_call_error", call) }
    }

    private func send(_ event: () -> ByteBuffer) {
        guard isStream else { return }
        begin()
        event().withBytes { data in exchange.response.events { $0.event(data) } }
    }

    private func begin() {
        guard !exchange.response.hasBegun else { return }
        exchange.response.beginStream(.ok) { output in
            output.append("content-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n")
            exchange.writeCommonFields(to: &output)
        }
    }

    // MARK: Endings

    private func finish(_ outcome: AgentRun.Outcome, _ conversation: ConversationKey) {
        if isStream {
            send { encoder.chunk(RawSpan(), isComplete: true) }
            send { encoder.complete(outcome, conversation) }
            exchange.response.endStream()
        } else {
            exchange.send(.ok, encoder.whole(outcome, conversation)) {
                $0.append("content-type: application/json\r\n")
            }
        }
        exchange.finish(.completed)
    }

    private func leave() {
        if let interruption { return fail(interruption) }
        exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
    }

    private func fail(_ error: APIError) {
        guard exchange.response.hasBegun else { return exchange.answer(error) }
        send { encoder.error(error) }
        exchange.response.endStream()
        exchange.finish(RequestOutcome(error.source), errorCode: error.label, source: error.source)
    }
}
