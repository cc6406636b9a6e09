import Policies
import Upstreams

/// One request from its head to its last byte.
///
/// Names the phases in their order and does nothing else: identity on the head, then the body, then what the route
/// asks for, then the accounting, exactly once, on every way out. States: opened → running → finished.
final class Exchange: RequestHandler {
    let number: RequestNumber
    let service: Service
    let runtime: Runtime
    let response: ResponseWriter
    let requestID: String
    let startedAt: MonotonicTime
    private(set) var identity = Identity.anonymous
    /// The line of the access log, filled in as things become known.
    var entry = AccessLogEntry()
    let connection: Connection
    let route: Route?
    private var served: ServedDialect?
    /// A WebSocket whose handshake had no key, though one is asked for: its first message has to bring it.
    private var needsKey = false
    private let http: MetricSeries<HTTPKey>
    private let origin: String?
    private var refusal: APIError?
    /// Why the caller is nobody; it may still look at tasks that are open to all.
    private(set) var keyRefusal: APIError?
    var work: (any ExchangeWork)?
    private var isFinished = false
    /// An operator has ended it.
    private(set) var isCancelled = false

    init(
        _ number: RequestNumber, _ service: Service, _ connection: Connection, _ response: ResponseWriter,
        malformed: APIError? = nil
    ) {
        let head = connection.head
        self.number = number
        self.service = service
        self.connection = connection
        self.response = response
        runtime = service.runtime
        startedAt = service.loop.now
        route = malformed == nil ? Route.find(head) : nil
        served = route.flatMap { [runtime] route in
            runtime.dialects[Int(route.rawValue)] ?? (route.isForAgents ? runtime.agentDialect : nil)
                ?? route.relayed.flatMap { runtime.relayed[$0] }
        }
        requestID = malformed == nil ? RequestIDs.accepted(head) ?? service.makeRequestID() : service.makeRequestID()
        origin = malformed == nil ? runtime.cors.allowedOrigin(head) : nil
        http = service.httpSeries.find(route, head.method, secure: connection.isSecure)
        http.values.began()
        entry.time = WallClock.now
        entry.requestID = requestID
        entry.listener = connection.listener.name
        entry.clientAddress = connection.clientAddress
        entry.method = head.method == .other ? head.string(in: head.methodName) : head.method.name.description
        entry.path = head.path
        entry.dialect = served?.name ?? ""
        entry.tlsVersion = connection.tlsVersion?.name ?? ""
        refusal = malformed ?? refusalOnHead(head)
    }

    // MARK: On the head

    private func refusalOnHead(_ head: RequestHead) -> APIError? {
        do throws(APIError) {
            try admit(head)
            return nil
        } catch {
            return error
        }
    }

    private func admit(_ head: RequestHead) throws(APIError) {
        let route = try Route.check(self.route, head, connection.listener.surfaces, method: entry.method)
        if head.method == .options { return }
        if route.surface == .admin { return try authenticateOperator(head) }
        guard route.surface == .api else { return }
        try authenticate(head, route)
        if let section = route.section, !runtime.isServed(route) { throw .notConfigured(entry.path, section: section) }
        if service.shared.isDraining { throw .shuttingDown }
    }

    private func authenticate(_ head: RequestHead, _ route: Route) throws(APIError) {
        do {
            identity = try runtime.identify(
                head, route, listener: connection.listener.name, certificate: connection.peerCertificate,
                now: entry.time / 1_000_000_000)
        } catch {
            if route == .webSocket, Credentials.range(in: head) == nil {
                needsKey = true
            } else if route.opensTasks {
                keyRefusal = error
            } else {
                throw error
            }
        }
        entry.keyID = identity.keyID ?? ""
        entry.user = identity.user ?? ""
    }

    /// Identifies the caller by a key that came after the head.
    func authenticate(key: String) throws(APIError) {
        guard let route, let head = RequestHead(path: entry.path, key: key) else { throw .wrongKey(key) }
        identity = try runtime.identify(
            head, route, listener: connection.listener.name, certificate: connection.peerCertificate,
            now: WallClock.seconds)
        entry.keyID = identity.keyID ?? ""
        entry.user = identity.user ?? ""
    }

    /// Throws unless the caller may use a model of this name.
    func requireModel(_ name: String) throws(APIError) { _ = try runtime.models.route(name, for: identity) }

    private func authenticateOperator(_ head: RequestHead) throws(APIError) {
        let listener = connection.listener
        let isAlone = listener.isLoopback && !listener.surfaces.contains(.api)
        entry.keyID = try runtime.operators.identify(
            head, isAlone: isAlone, callers: runtime.keyring, now: entry.time / 1_000_000_000)
    }

    // MARK: RequestHandler

    var maxBodyBytes: Int? {
        guard refusal == nil else { return nil }
        if streamsBody { return runtime.configuration.bounds.maxUploadBytes }
        return served != nil || route == .adminExplain ? runtime.configuration.bounds.maxBodyBytes : 0
    }

    func run(body: consuming ByteBuffer) {
        entry.bytesIn = body.count
        if let refusal { return answer(refusal) }
        if connection.head.method == .options { return answerOptions() }
        if route == .countTokens { return countTokens(body) }
        if let route, route.isForAgents, let served = runtime.served(route, body, service.parser) {
            self.served = served
            entry.dialect = served.name
        }
        if route == .responses, let relayed = runtime.relaying(.responses, body, by: identity, service.parser) {
            served = relayed
            return relay(.responses, .responses, body)
        }
        if let dialect = served?.dialect { return complete(body, dialect) }
        if let route, let operation = route.relayed { return relay(route, operation, body) }
        switch route {
        case .chat, .chatStream: chat(body, isStream: route == .chatStream)
        case .webSocket: openWebSocket()
        case .agents: service.loop.start { await AgentAnswers(exchange: self).answerAll() }
        case .agent: describeAgent(body)
        case .chatEvents: resume()
        case .taskResults: readTask()
        case .metrics: answerMetrics()
        case .clientInfo: service.loop.start { await self.answerClientInfo() }
        case .taskStatus, .task: service.loop.start { await self.answerTask(isCancelled: self.route == .task) }
        case let route? where route.surface == .admin: AdminAnswers(exchange: self).run(route, body)
        case let route? where route.isPage || route == .root && PageAnswers.isWanted(by: connection.head):
            PageAnswers(exchange: self).run(route)
        case let route?: answer(route)
        case nil: preconditionFailure("a request without route was not refused")
        }
    }

    func refuse(_ error: APIError) {
        if let relayed = work as? RelayedCall { relayed.refuse(error) } else { answer(error) }
    }

    var streamsBody: Bool { refusal == nil && route?.streamsBody(connection.head) == true }

    func keepAlive() { work?.keepAlive() }

    func clientIsReady() { work?.clientIsReady() }

    func clientLeft() {
        if let work { work.clientLeft() } else { finish(.clientDisconnected, errorCode: "client_left") }
    }

    /// The process ends.
    func shutDown() { work?.shutDown() }

    // MARK: Operators

    /// Whether a client made it, rather than an operator or who watches the gateway.
    var isOfClient: Bool { route?.surface == .api }

    var activity: RequestActivity {
        RequestActivity(
            id: number, entry: entry, team: identity.team ?? "", age: service.loop.now.milliseconds(since: startedAt),
            progress: work?.progress ?? WorkProgress(.reading), bytesSent: response.bytesSent)
    }

    /// An operator ends it: the client is told as its dialect does, and upstreams stop.
    func cancel() {
        isCancelled = true
        if let work { return work.cancel() }
        // The rest of its body would be taken for another request.
        response.keepAlive = false
        answer(.cancelledByOperator)
    }

    // MARK: Agents

    private func chat(_ body: borrowing ByteBuffer, isStream: Bool) {
        let response = AgentResponse(self, isStream: isStream)
        work = response
        do throws(APIError) {
            try response.start(AgentRequest(body, service.parser))
        } catch {
            answer(error)
        }
    }

    private func describeAgent(_ body: borrowing ByteBuffer) {
        let body = body.copy()
        service.loop.start { await AgentAnswers(exchange: self).answerOne(ByteBuffer(body)) }
    }

    private func openWebSocket() {
        do throws(APIError) {
            let handshake = try WebSocketHandshake(connection.head, origins: runtime.cors)
            let socket = AgentSocket(self, needsKey: needsKey)
            work = socket
            socket.open(handshake)
        } catch {
            answer(error)
        }
    }

    // MARK: Completions

    /// The figures of requests like this one for a model; nil: for none that there is.
    func series(of model: ModelTable.Route?) -> MetricSeries<RequestKey> {
        served?.series(of: model) ?? runtime.canonicalSeries(of: model)
    }

    var dialectContext: DialectContext {
        DialectContext(
            runtime: runtime, parser: service.parser, head: connection.head, requestID: requestID,
            listener: connection.listener.name)
    }

    private func complete(_ body: consuming ByteBuffer, _ dialect: any Dialect) {
        let completion = Completion(self)
        work = completion
        let request: DialectRequest
        do {
            request = try dialect.decode(body, in: dialectContext)
        } catch {
            return answer(error)
        }
        entry.model = request.completion.model
        entry.stream = request.completion.isStream
        if let delivery = TaskSubmission.Delivery(request, runtime.models, identity) {
            let submission = TaskSubmission(self, delivery)
            work = submission
            service.loop.start { await submission.run(request) }
        } else {
            service.loop.start { await completion.run(request) }
        }
    }

    /// The events of a task, or its result.
    private func readTask() {
        if TaskReading.form(connection.head) == .page { return PageAnswers(exchange: self).run(.taskResults) }
        let reading = TaskReading(self)
        work = reading
        service.loop.start { await reading.run() }
    }

    /// The estimate of a prompt's tokens (docs/dialects.md, "Messages").
    private func countTokens(_ body: consuming ByteBuffer) {
        do throws(APIError) {
            let request = try MessagesDialect().decode(body, in: dialectContext).completion
            entry.model = request.model
            guard runtime.models.route(request.model) != nil, identity.mayUse(model: request.model) else {
                throw .unknownModel(request.model)
            }
            var answer = ByteBuffer()
            answer.appendJSON {
                $0.object { $0.member("input_tokens", service.countPrompt(request).total) }
            }
            send(.ok, answer) { $0.appendField("content-type", "application/json") }
            finish(.completed)
        } catch {
            answer(error)
        }
    }

    /// The rest of a stream that a client has lost (API page, "Resuming").
    private func resume() {
        let completion = Completion(self)
        work = completion
        do throws(APIError) {
            let request = try ResumeRequest(connection.head)
            entry.stream = true
            service.loop.start { await completion.resume(request) }
        } catch {
            answer(error)
        }
    }

    // MARK: Answers

    /// Answers with an error, and that is all.
    func answer(_ error: APIError) {
        let code = tell(error)
        finish(RequestOutcome(error.source), errorCode: code, source: error.source)
    }

    /// Tells an error before any byte of a body has gone out. Returns its label.
    @discardableResult
    func tell(_ error: APIError) -> String {
        var body = ByteBuffer()
        if let dialect = served?.dialect {
            dialect.write(error, requestID: requestID, to: &body)
        } else {
            error.write(to: &body)
        }
        let allowed = error.status == .methodNotAllowed ? route?.methods : nil
        send(served?.dialect?.status(of: error) ?? error.status, body) { output in
            output.appendField("content-type", "application/json")
            if error.status == .upgradeRequired {
                output.append("upgrade: websocket\r\n")
                output.appendField("sec-websocket-version", WebSocketHandshake.version)
            }
            if let allowed { output.appendField("allow", allowed.description) }
            for field in error.fields { output.appendField(field.name, field.value) }
        }
        return error.label
    }

    /// Sends a whole response with the fields that every response has.
    func send(_ status: HTTPStatus, _ body: borrowing ByteBuffer, fields: (inout ByteBuffer) -> Void) {
        body.withBytes { bytes in
            response.send(status, body: bytes) { output in
                fields(&output)
                writeCommonFields(to: &output)
            }
        }
    }

    /// `x-request-id`, `server-timing`, the rates, and what a page of another origin needs.
    func writeCommonFields(to output: inout ByteBuffer) {
        output.appendField("x-request-id", requestID)
        if let name = served?.dialect?.requestIDField { output.appendField(name, requestID) }
        ServerTiming.write(
            total: service.loop.now.nanoseconds - startedAt.nanoseconds, upstream: work?.upstreamNanoseconds,
            to: &output)
        work?.writePolicyFields(to: &output)
        if let origin { runtime.cors.write(origin: origin, to: &output) }
    }

    private func answerOptions() {
        send(.noContent, ByteBuffer()) { output in
            output.appendField("allow", (route?.methods ?? "").description)
            guard origin != nil, connection.head.has("access-control-request-method") else { return }
            runtime.cors.writePreflight(methods: (route?.methods ?? "").description, to: &output)
        }
        finish(.completed)
    }

    private func answerMetrics() {
        let format = MetricsFormat(accept: connection.head.value(of: "accept"))
        service.scrape(format) { [self] page in
            send(.ok, page) { $0.appendField("content-type", format.contentType) }
            finish(.completed)
        }
    }

    private func answer(_ route: Route) {
        do throws(APIError) {
            answer(try Answers(exchange: self, head: connection.head).make(route))
        } catch {
            answer(error)
        }
    }

    private func answerClientInfo() async {
        do throws(APIError) {
            answer(try await Answers(exchange: self, head: connection.head).clientInfo())
        } catch {
            answer(error)
        }
    }

    private func answerTask(isCancelled: Bool) async {
        let answers = TaskAnswers(exchange: self)
        do throws(APIError) {
            answer(Answers.Answer(body: isCancelled ? try await answers.cancel() : try await answers.status()))
        } catch {
            answer(error)
        }
    }

    private func answer(_ answer: borrowing Answers.Answer) {
        send(answer.status, answer.body) { $0.appendField("content-type", "application/json") }
        finish(.completed)
    }

    // MARK: The end

    /// Accounts for the request. Comes last, once; further calls do nothing.
    func finish(_ outcome: RequestOutcome, errorCode: String = "", source: ErrorSource = .gateway) {
        guard !isFinished else { return }
        isFinished = true
        let duration = Int(service.loop.now.nanoseconds - startedAt.nanoseconds)
        entry.status = response.status
        entry.outcome = isCancelled && outcome == .gatewayError ? .cancelled : outcome
        entry.errorCode = errorCode
        entry.bytesOut = response.bytesSent
        entry.durationNanoseconds = duration
        work?.account(into: &entry, outcome, errorCode: errorCode, source: source, duration: duration)
        // Each holds the other until here.
        work = nil
        http.values.ended(status: outcome == .clientDisconnected ? 499 : response.status, nanoseconds: duration)
        service.accessLog.record(entry)
        service.close(self)
    }
}

extension RequestOutcome {
    init(_ source: ErrorSource) {
        switch source {
        case .client: self = .clientError
        case .gateway: self = .gatewayError
        case .upstream: self = .upstreamError
        }
    }
}
