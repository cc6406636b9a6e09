import Policies
import Upstreams

/// What one worker serves: makes an exchange for every request and holds what they share.
///
/// Owns the present runtime and the worker's parser, metrics and logs. `runtime` changes at a reload; an exchange keeps
/// the one it began with.
final class Service: RequestService {
    let loop: EventLoop
    let parser: JSONParser
    let metrics: MetricsRegistry
    let httpSeries: HTTPSeries
    let accessLog: AccessLog
    let shared: SharedState
    let desk: LogDesk
    let resumption: ResumeDesk
    let places: PlaceDesk
    let conversations: any ConversationKeeper
    let agents: any AgentKeeper
    let tasks: any TaskRoom
    var runtime: Runtime {
        didSet { runtime.bind(to: self) }
    }
    /// Gathers the metrics of all workers and hands over the page; set by the worker.
    var scrape: (MetricsFormat, @escaping (borrowing ByteBuffer) -> Void) -> Void = { _, done in done(ByteBuffer()) }
    /// Gathers what was used from all workers; set by the worker.
    var gatherUsage: (@escaping ([UsageRow]) -> Void) -> Void = { done in done([]) }
    /// Reads the configuration anew, as SIGHUP does, and tells how that went; set by the worker.
    var reload: (@escaping (ReloadReport) -> Void) -> Void = { done in done(ReloadReport()) }
    /// Changes the callers' keys, in the name of the operator's key of that id; all workers know the change when it is
    /// told to be done. Set by the worker.
    var editKeys: (KeyEdit, String, @escaping (Result<KeyConfiguration, KeyEditFailure>) -> Void) -> Void = {
        _, _, done in done(.failure(.noFile))
    }
    /// Has the log tell that an operator has set its level; set by the worker.
    var tell: (LogThreshold.Change) -> Void = { _ in }
    /// Ends the process in good order, as SIGTERM does; set by the worker.
    var drain: () -> Void = {}
    /// Gathers what is under way at all workers; set by the worker.
    var list: (@escaping (RequestListing) -> Void) -> Void = { done in done(RequestListing()) }
    /// Ends a request of any worker, and tells whether there was one; set by the worker.
    var cancel: (RequestNumber, @escaping (Bool) -> Void) -> Void = { _, done in done(false) }
    private var requestIDs: RequestIDs
    private var promptTokens = PromptTokens.forLimits
    private var generator = SplitMix64(seed: .random(in: 0 ... .max))
    /// By their numbers.
    private var exchanges: [Int: Exchange] = [:]
    private var exchangesBegun = 0

    init(
        loop: EventLoop, parser: JSONParser, metrics: MetricsRegistry, accessLog: AccessLog, shared: SharedState,
        runtime: Runtime, redis: RedisLink? = nil, journal: TaskJournal? = nil
    ) {
        self.loop = loop
        self.parser = parser
        self.metrics = metrics
        httpSeries = HTTPSeries(metrics)
        self.accessLog = accessLog
        self.shared = shared
        desk = LogDesk(store: shared.logs, loop: loop)
        desk.didUse = { metrics.usage.add(UsageCounts(later: $0), to: $1) }
        resumption = ResumeDesk(table: shared.resumable, logs: desk)
        if let redis { desk.share(ReplicaDesk(redis, desk, tickets: shared.resumable, parser: parser)) }
        places = PlaceDesk(loop: loop)
        conversations =
            redis.map { redis -> any ConversationKeeper in
                RedisConversations(redis.client, prefix: redis.prefix, copies: shared.conversations, reactor: loop)
            } ?? LocalConversations(shared.conversations, clock: loop)
        agents =
            redis.map { redis -> any AgentKeeper in
                RedisAgents(redis.client, prefix: redis.prefix, copies: shared.agents, parser: parser)
            } ?? LocalAgents(shared.agents)
        if let redis {
            tasks = SharedTaskDesk(redis, shared: shared, logs: desk, parser: parser)
        } else {
            tasks = TaskDesk(table: shared.tasks, journal: journal, logs: desk)
        }
        self.runtime = runtime
        requestIDs = RequestIDs()
        runtime.bind(to: self)
        tasks.open(for: self)
    }

    func open(_ connection: Connection, _ response: ResponseWriter) -> any RequestHandler {
        let exchange = Exchange(nextNumber(), self, connection, response)
        exchanges[exchange.number.number] = exchange
        return exchange
    }

    func refuse(_ error: APIError, _ connection: Connection, _ response: ResponseWriter) {
        let exchange = Exchange(nextNumber(), self, connection, response, malformed: error)
        exchanges[exchange.number.number] = exchange
        exchange.run(body: ByteBuffer())
    }

    /// An exchange is over.
    func close(_ exchange: Exchange) {
        exchanges[exchange.number.number] = nil
    }

    private func nextNumber() -> RequestNumber {
        exchangesBegun += 1
        return RequestNumber(worker: metrics.worker, number: exchangesBegun)
    }

    // MARK: Operators

    /// The clients' requests that are under way here.
    var activity: RequestListing {
        let all = exchanges.values.filter(\.isOfClient).sorted { $0.number.number < $1.number.number }
        return RequestListing(total: all.count, oldest: all.prefix(RequestListing.limit).map(\.activity))
    }

    /// Ends one of them with an error, at an operator's wish. False: it is over, or is no client's.
    func cancelExchange(_ number: Int) -> Bool {
        guard let exchange = exchanges[number], exchange.isOfClient else { return false }
        exchange.cancel()
        return true
    }

    /// Ends all exchanges with an error, since the process ends.
    func shutDown() {
        tasks.shutDown()
        desk.cancelAll()
        for exchange in exchanges.values { exchange.shutDown() }
    }

    /// Estimates the tokens of a request's prompt.
    func countPrompt(_ request: CompletionRequest) -> PromptCount {
        let document = request.document
        let (fixed, messages) =
            request.operation == .chat ? promptTokens.count(document.root) : (promptTokens.prompt(request), [])
        return PromptCount(
            document: document, encoding: PromptTokens.limitEncoding, imageTokens: PromptTokens.limitImageTokens,
            fixed: fixed, messages: messages)
    }

    func makeRequestID() -> String { requestIDs.next() }

    /// For choices, never for secrets.
    func random() -> UInt64 { generator.next() }
}
