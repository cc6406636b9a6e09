import Policies
import Upstreams

/// One message to an agent, in whatever form the client has sent it: finds the agent, its tools and the conversation,
/// runs the agent, and keeps what was said.
///
/// States: made → running (`run`) → over. Tells the client through `events`; how it ended is the result of `run`.
final class AgentChat: AgentModel {
    let conversation: ConversationKey
    private let exchange: Exchange
    private let request: AgentRequest
    private let agent: AgentDefinition
    private let events: any AgentEvents
    private let wakeup = Wakeup()
    private var agentRun: AgentRun?
    private var isInterrupted = false

    /// `conversationID`: the one that is meant where the client names none.
    init(
        _ request: AgentRequest, on exchange: Exchange, conversationID: String? = nil, telling events: any AgentEvents
    ) throws(APIError) {
        self.request = request
        self.exchange = exchange
        self.events = events
        agent = try exchange.agent(request.agentName)
        let owner = exchange.agentOwner
        let usual = owner.isEmpty ? UUIDv4.make() : "default"
        conversation = ConversationKey(
            owner: owner, agent: agent.name, id: request.conversationID ?? conversationID ?? usual)
        exchange.entry.model = agent.model
    }

    // MARK: From outside

    func wake() {
        wakeup.wake()
        agentRun?.wake()
    }

    /// Model and tools stop; `run` returns nil.
    func interrupt() {
        isInterrupted = true
        wakeup.wake()
        agentRun?.interrupt()
    }

    // MARK: The life

    /// Nil: it was interrupted.
    func run() async throws(APIError) -> AgentRun.Outcome? {
        guard let dialect = exchange.runtime.configuration.dialects.agent else {
            preconditionFailure("a chat that is not configured")
        }
        let tools = await findTools()
        guard !isInterrupted else { return nil }
        let store = exchange.service.shared.conversations
        let now = Int(exchange.service.loop.now.nanoseconds / 1_000_000)
        if request.resetHistory { store.remove(conversation) }
        let settings = AgentRun.Settings(
            model: agent.model, instructions: request.instructions ?? agent.instructions,
            history: store.messages(conversation, now: now), tools: tools,
            limits: .init(parallel: request.parallelTools ? agent.maxParallelTools : 1, timeout: agent.toolTimeout),
            maxRounds: dialect.maxToolRounds)
        let run = AgentRun(
            request.message, settings, asking: self, telling: events, parser: exchange.service.parser,
            loop: exchange.service.loop)
        agentRun = run
        defer { agentRun = nil }
        let outcome = try await run.run()
        if let outcome { store.append(outcome.messages, to: conversation, now: now, ttl: dialect.historyTTLMs) }
        return outcome
    }

    private func findTools() async -> [any Tool] {
        var found: [any Tool]?
        exchange.runtime.toolbox.find(agent.tools) { [wakeup] tools in
            found = tools
            wakeup.wake()
        }
        while found == nil, !isInterrupted { await wakeup.wait() }
        return found ?? []
    }

    // MARK: AgentModel

    func ask(_ request: consuming ByteBuffer, waking wakeup: Wakeup) async throws(APIError) -> any AgentAnswer {
        let service = exchange.service
        let context = DialectContext(
            runtime: exchange.runtime, parser: service.parser, head: exchange.connection.head,
            requestID: exchange.requestID)
        let document: JSONDocument
        do {
            document = try request.withBytes { (bytes) throws(JSONError) in try service.parser.parse(bytes) }
        } catch {
            throw APIError(error)
        }
        let completion = CompletionRequest(document, model: agent.model, isStream: true, in: context)
        let asked = DialectRequest(completion: completion, encoder: ChatEncoder.standard)
        let route = try exchange.runtime.models.requested(completion, by: exchange.identity)
        let gate = Gate(exchange)
        let admitted = try await gate.admit(asked, route, waking: wakeup) { isInterrupted }
        do {
            let source = try LogSource.open(admitted, route, gate, exchange, waking: wakeup)
            return AgentCompletion(exchange, gate, source, route.route)
        } catch {
            gate.release()
            throw error
        }
    }
}

extension Exchange {
    /// Whose agents and conversations the caller's are; empty for callers whom nobody knows.
    var agentOwner: String {
        identity.user.map { "user " + $0 } ?? identity.keyID.map { "key " + $0 } ?? ""
    }

    /// The agent of that name, as this caller sees it.
    func agent(_ name: String) throws(APIError) -> AgentDefinition {
        if let own = runtime.agents[name] { return own }
        if let made = service.shared.agents.agent(name, of: agentOwner) { return made }
        throw APIError(
            .notFound, code: "agent_not_found", param: "agent_name",
            "There is no agent '\(name.prefix(64))'. GET /agents lists those that there are.")
    }
}
