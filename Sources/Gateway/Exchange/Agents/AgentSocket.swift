import Upstreams

/// `GET /ws`: chats with agents over one WebSocket, one at a time (API page, agent dialect).
///
/// Owns the socket and the chat that runs. States: waiting for a key, where one is asked for and the handshake had none →
/// idle ⇄ chatting → closed. The exchange of the handshake lives as long as the socket.
final class AgentSocket: ExchangeWork, WebSocketHandler, AgentEvents {
    private let exchange: Exchange
    private let encoder: AgentEventEncoder
    private let conversationID = UUIDv4.make()
    private var socket: WebSocket?
    private var chat: AgentChat?
    private var needsKey: Bool
    private var keyTimer: (any ReactorTimer)?

    /// `needsKey`: the first message has to bring a key.
    init(_ exchange: Exchange, needsKey: Bool) {
        self.exchange = exchange
        self.needsKey = needsKey
        encoder = AgentEventEncoder(form: .socket, parser: exchange.service.parser)
    }

    func open(_ handshake: WebSocketHandshake) {
        socket = WebSocket.open(handshake, exchange.response, handler: self) { output in
            exchange.writeCommonFields(to: &output)
        }
        guard needsKey else { return }
        keyTimer = exchange.service.loop.timer { [unowned self] in refuseKey(.missingKey) }
        keyTimer?.arm(milliseconds: exchange.runtime.configuration.bounds.headerTimeoutMs)
    }

    // MARK: ExchangeWork

    // Once the connection is the socket's, what happens to the client is told by the socket.
    func clientLeft() {}
    func clientIsReady() {}
    func keepAlive() {}

    // The head of the response goes out before the first chat; each chat accounts for itself.
    var upstreamNanoseconds: Int64? { nil }
    func writePolicyFields(to output: inout ByteBuffer) {}
    func account(
        into entry: inout AccessLogEntry, _ outcome: RequestOutcome, errorCode: String, source: ErrorSource,
        duration: Int
    ) {}

    func shutDown() {
        chat?.interrupt()
        socket?.close(.goingAway, "the gateway is shutting down")
    }

    func cancel() {
        chat?.interrupt()
        send(encoder.error(.cancelledByOperator))
        socket?.close(.goingAway, "closed by an operator")
    }

    var progress: WorkProgress { chat?.progress(.responding) ?? WorkProgress(.reading) }

    // MARK: WebSocketHandler

    func webSocketDidReceive(_ text: RawSpan) {
        exchange.entry.bytesIn += text.byteCount
        do throws(APIError) {
            try receive(text)
        } catch {
            send(encoder.error(error))
        }
    }

    func webSocketIsReady() { chat?.wake() }

    func webSocketDidClose(_ code: WebSocketCloseCode) {
        keyTimer?.cancel()
        socket = nil
        chat?.interrupt()
        guard !exchange.isCancelled else { return exchange.finish(.cancelled, errorCode: "cancelled_by_operator") }
        exchange.finish(code == .abnormal ? .clientDisconnected : .completed)
    }

    // MARK: Messages

    private func receive(_ text: RawSpan) throws(APIError) {
        let root: JSONValue
        do {
            root = try exchange.service.parser.parse(text).root
        } catch {
            throw APIError(error)
        }
        guard let type = root["type"]?.string else {
            throw .invalid("A message is a JSON object with a 'type'.", param: "type")
        }
        if needsKey { return takeKey(type, root["data"]) }
        switch type {
        case "chat": try chat(root["data"])
        case "ping": send(encoder.event("pong") { _ in })
        case "disconnect":
            chat?.interrupt()
            socket?.close(.normal)
        case "auth": break
        default:
            throw .invalid(
                "There is no message of type '\(type.prefix(32))'; there are chat, ping and disconnect.", param: "type")
        }
    }

    private func chat(_ data: JSONValue?) throws(APIError) {
        guard chat == nil else {
            throw APIError(
                .conflict, type: "conflict_error", code: "chat_in_progress",
                "A chat is running on this socket; wait for its end or disconnect.")
        }
        guard let data, data.kind == .object else {
            throw .invalid("A chat has a 'data' object with a 'message'.", param: "data")
        }
        let request = try AgentRequest(RequestBody(data))
        let chat = AgentChat(request, on: exchange, conversationID: conversationID, telling: self)
        self.chat = chat
        exchange.service.loop.start { await self.run(chat) }
    }

    private func run(_ chat: AgentChat) async {
        let startedAt = exchange.service.loop.now
        do throws(APIError) {
            if let outcome = try await chat.run() {
                send(encoder.chunk(RawSpan(), isComplete: true))
                send(encoder.complete(outcome, chat.conversation))
            }
        } catch {
            send(encoder.error(error))
            if !chat.hasAsked {
                exchange.series(of: nil).values.ended(
                    upstream: nil, status: error.status.code,
                    nanoseconds: Int(exchange.service.loop.now.nanoseconds - startedAt.nanoseconds),
                    error: (error.source, error.label))
            }
        }
        self.chat = nil
    }

    private func send(_ message: borrowing ByteBuffer) { message.withBytes { socket?.send($0) } }

    // MARK: Keys

    private func takeKey(_ type: String, _ data: JSONValue?) {
        do throws(APIError) {
            guard type == "auth", let key = data?["api_key"]?.string else { throw .missingKey }
            try exchange.authenticate(key: key)
            needsKey = false
            keyTimer?.cancel()
        } catch {
            refuseKey(error)
        }
    }

    private func refuseKey(_ error: APIError) {
        send(encoder.error(error))
        socket?.close(.policyViolation, "no valid key")
    }

    // MARK: AgentEvents

    var isFull: Bool { socket?.isFull ?? false }

    func chunk(_ text: RawSpan) { send(encoder.chunk(text, isComplete: false)) }
    func toolStarted(_ call: AgentToolCall) { send(encoder.tool("tool_call_start", call)) }
    func toolEnded(_ call: AgentToolCall) { send(encoder.tool("tool_call_complete", call)) }
}
