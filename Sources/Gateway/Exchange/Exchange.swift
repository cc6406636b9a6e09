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
    private(set) var served: ServedDialect?
    /// A WebSocket whose handshake had no key, though one is asked for: its first message has to bring it.
    private var needsKey = false
    private let http: MetricSeries<HTTPKey>
    /// Of the page that asks, if it may.
    let origin: String?
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
        if let coding = head.value(of: "content-encoding"), !coding.isEmpty, coding.lowercased() != "identity" {
            throw .unsupportedCoding(coding)
        }
        if let section = route.section, !runtime.isServed(route) { throw .notConfigured(entry.path, section: section) }
        if service.shared.isDraining { throw .shuttingDown }
    }

    private func authenticate(_ head: RequestHead, _ route: Route) throws(APIError) {
        let keyMayFollow = route == .webSocket && Credentials.range(in: head) == nil
        let isFinal = !keyMayFollow && !route.opensTasks
        do {
            try identify(head, route, now: entry.time / 1_000_000_000, refusalIsFinal: isFinal)
        } catch {
            if keyMayFollow {
                needsKey = true
            } else if route.opensTasks {
                keyRefusal = error
            } else {
                throw error
            }
        }
    }

    /// Identifies the caller by a key that came after the head.
    func authenticate(key: String) throws(APIError) {
        guard let route, let head = RequestHead(path: entry.path, key: key) else { throw .wrongKey(key) }
        try identify(head, route, now: WallClock.seconds, refusalIsFinal: true)
    }

    /// Why the caller may not look at a task that is not open to all; nil: it is somebody.
    func refuseForKey() -> APIError? {
        if let keyRefusal, let route { note(keyRefusal, connection.head, route, now: WallClock.seconds) }
        return keyRefusal
    }

    private func identify(_ head: RequestHead, _ route: Route, now: Int, refusalIsFinal: Bool) throws(APIError) {
        do {
            identity = try runtime.identify(
                head, route, listener: connection.listener.name, certificate: connection.peerCertificate, now: now)
        } catch {
            if refusalIsFinal { note(error, head, route, now: now) }
            throw error
        }
        note(nil, head, route, now: now)
        entry.keyID = identity.keyID ?? ""
        entry.user = identity.user ?? ""
    }

    /// Has the auth policies count what they decide. `refusal`: what the deciding one says; nil: it lets the request pass.
    private func note(_ refusal: APIError?, _ head: RequestHead, _ route: Route, now: Int) {
        var decisions: [PolicyDecision] = []
        runtime.noteAuthentication(
            refusal, head, route, listener: connection.listener.name, certificate: connection.peerCertificate, now: now,
            &decisions)
        note(decisions)
    }

    /// Has the access log tell what policies decided.
    func note(_ decisions: [PolicyDecision]) {
        if !decisions.isEmpty { entry.decisions += decisions }
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
        // Who only looks has nothing to say.
        let takesBody = served != nil || route?.takesOperatorsBody == true && connection.head.method != .get
        return takesBody ? runtime.configuration.bounds.maxBodyBytes : 0
    }

    func run(body: consuming ByteBuffer) {
        entry.bytesIn = body.count
        if let refusal { return answer(refusal) }
        if connection.head.method == .options { return answerOptions() }
        if route == .countTokens { return countTokens(body) }
        if let route, served?.dialect != nil || route == .chat || route == .chatStream { return ask(route, body) }
        if let route, let operation = route.relayed { return relay(route, operation, body) }
        switch route {
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

    // MARK: What is asked

    /// Reads the body, once, for whoever answers it: agents, an upstream that makes responses itself, or a dialect.
    private func ask(_ route: Route, _ body: consuming ByteBuffer) {
        let read = service.parser.read(body)
        let document = try? read.get()
        if route.isForAgents {
            served = runtime.served(route, document)
            entry.dialect = served?.name ?? ""
        }
        if route == .responses, let document, let relayed = runtime.relaying(.responses, document, by: identity) {
            served = relayed
            return relay(route, .responses, body, document)
        }
        if let dialect = served?.dialect { complete(read, dialect) } else { chat(read, isStream: route == .chatStream) }
    }

    // MARK: Agents

    private func chat(_ body: Result<JSONDocument, APIError>, isStream: Bool) {
        let response = AgentResponse(self, isStream: isStream)
        work = response
        do throws(APIError) {
            try response.start(AgentRequest(body.get()))
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

    private func complete(_ body: Result<JSONDocument, APIError>, _ dialect: any Dialect) {
        let completion = Completion(self)
        work = completion
        let request: DialectRequest
        do {
            request = try dialect.decode(body.get(), in: dialectContext)
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
