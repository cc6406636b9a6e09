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
    private let events: any AgentEvents
    private let wakeup = Wakeup()
    /// Nil: not found yet.
    private var agent: AgentDefinition?
    private var agentRun: AgentRun?
    /// The policies of the question to the model that was asked last.
    private var gate: Gate?
    /// The answer to it.
    private var completion: AgentCompletion?
    private var isInterrupted = false

    /// `conversationID`: the one that is meant where the client names none.
    init(
        _ request: AgentRequest, on exchange: Exchange, conversationID: String? = nil, telling events: any AgentEvents
    ) {
        self.request = request
        self.exchange = exchange
        self.events = events
        let owner = exchange.agentOwner
        let usual = owner.isEmpty ? UUIDv4.make() : "default"
        conversation = ConversationKey(
            owner: owner, agent: request.agentName, id: request.conversationID ?? conversationID ?? usual)
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
        guard let found = await answer({ exchange.findAgent(request.agentName, $0) }) else { return nil }
        let agent = try found.get()
        self.agent = agent
        exchange.entry.model = agent.model
        guard let tools = await answer({ exchange.runtime.toolbox.find(agent.tools, $0) }),
            let history = await history()
        else { return nil }
        var settings = AgentRun.Settings(request, agent, history: history, tools: tools, exchange.agentSettings)
        settings.maxAnswerBytes = exchange.runtime.configuration.bounds.maxLogBytes
        let run = AgentRun(
            request.message, settings, asking: self, telling: events, parser: exchange.service.parser,
            loop: exchange.service.loop)
        agentRun = run
        defer { agentRun = nil }
        guard let outcome = try await run.run() else { return nil }
        return await keep(ConversationTurn(outcome.messages)) ? outcome : nil
    }

    /// Nil: it was interrupted.
    private func history() async -> [[UInt8]]? {
        let conversations = exchange.service.conversations
        if request.resetHistory {
            conversations.reset(conversation, bounds)
            return []
        }
        return await answer { conversations.history(conversation, bounds, $0) }
    }

    /// False: it was interrupted. The turn is kept all the same.
    private func keep(_ turn: ConversationTurn) async -> Bool {
        await answer { done in exchange.service.conversations.append(turn, to: conversation, bounds) { done(true) } }
            ?? false
    }

    private var bounds: ConversationStore.Bounds { .init(exchange.agentSettings) }

    /// What `ask` is told; nil: the chat was interrupted meanwhile.
    private func answer<Answer>(_ ask: (@escaping (Answer) -> Void) -> Void) async -> Answer? {
        var answer: Answer?
        ask { [wakeup] in
            answer = $0
            wakeup.wake()
        }
        while answer == nil, !isInterrupted { await wakeup.wait() }
        return isInterrupted ? nil : answer
    }

    // MARK: AgentModel

    func ask(_ request: consuming ByteBuffer, waking wakeup: Wakeup) async throws(APIError) -> (any AgentAnswer)? {
        guard let agent else { preconditionFailure("a model is asked by an agent") }
        let asked = try DialectRequest(agentQuestion: request, model: agent.model, in: exchange.dialectContext)
        let route = try exchange.runtime.models.requested(asked.completion, by: exchange.identity)
        let gate = Gate(exchange)
        self.gate = gate
        do {
            let admitted = try await gate.admit(asked, route, waking: wakeup) { isInterrupted }
            let source = try await open(admitted, route, gate, wakeup)
            guard let source else {
                gate.release()
                return nil
            }
            let completion = AgentCompletion(exchange, gate, source, route.route, waking: wakeup)
            self.completion = completion
            return completion
        } catch {
            gate.release()
            exchange.service.metrics.usage.add(
                UsageCounts(failed: true), to: UsageKey(exchange.identity, model: route.route.name))
            throw error
        }
    }

    /// The log that the answer is read from. Whoever reads along with another waits for content, and asks again if the
    /// answer fails before. Nil: the chat was interrupted.
    private func open(
        _ request: CompletionRequest, _ route: RequestedRoute, _ gate: Gate, _ wakeup: Wakeup
    ) async throws(APIError) -> LogSource? {
        var elections = 0
        while !isInterrupted {
            let claim = await gate.claim(isStream: true, waking: wakeup) { isInterrupted }
            if isInterrupted { break }
            let source = try LogSource.open(request, route, gate, exchange, claim: claim, waking: wakeup)
            let reader = source.reader
            while !source.isFresh, !reader.hasContent, reader.end == nil, !isInterrupted { await wakeup.wait() }
            let isLost = !source.isFresh && !reader.hasContent && reader.end?.isTransient == true
            if !isInterrupted, !isLost || elections == Completion.elections { return source }
            elections += 1
            source.close(exchange.service, grace: 0)
            gate.renew()
        }
        return nil
    }

    // MARK: What is told of it

    /// Whether the model was asked anything: from then on each answer is counted for itself.
    var hasAsked: Bool { completion != nil }

    func progress(_ phase: RequestPhase) -> WorkProgress {
        var progress = WorkProgress(
            hasAsked ? phase : .queued, completion?.record, events: completion?.eventsRead ?? 0, cache: gate?.cache)
        // The access log has those of the answers that are read to their end.
        progress.attempts = exchange.entry.attempts + (completion?.isClosed == false ? progress.attempts : 0)
        return progress
    }

    /// Nanoseconds that upstreams have taken so far; nil if none was called.
    var upstreamNanoseconds: Int64? {
        let parts = [exchange.entry.upstreamNanoseconds, completion?.openNanoseconds].compactMap { $0 }
        return parts.isEmpty ? nil : Int64(parts.reduce(0, +))
    }

    func writePolicyFields(to output: inout ByteBuffer) { gate?.writeFields(completion?.record, to: &output) }
}

extension AgentRun.Settings {
    init(
        _ request: AgentRequest, _ agent: AgentDefinition, history: [[UInt8]] = [], tools: [any Tool],
        _ settings: AgentDialectConfiguration
    ) {
        self.init(
            model: agent.model, instructions: request.instructions ?? agent.instructions, history: history,
            tools: tools,
            limits: .init(parallel: request.parallelTools ? agent.maxParallelTools : 1, timeout: agent.toolTimeout),
            maxRounds: settings.maxToolRounds)
    }
}

extension DialectRequest {
    /// What an agent asks its model, as it goes through policies. `agentQuestion`: an OpenAI request for a stream.
    init(
        agentQuestion text: borrowing ByteBuffer, model: String, in context: DialectContext
    ) throws(APIError) {
        do {
            let document = try text.withBytes { (bytes) throws(JSONError) in try context.parser.parse(bytes) }
            completion = CompletionRequest(document, model: model, isStream: true, in: context)
            encoder = ChatEncoder.standard
        } catch {
            throw APIError(error)
        }
    }
}

extension Exchange {
    /// Whose agents and conversations the caller's are; empty for callers whom nobody knows.
    var agentOwner: String {
        identity.user.map { "user " + $0 } ?? identity.keyID.map { "key " + $0 } ?? ""
    }

    /// The settings of agents.
    var agentSettings: AgentDialectConfiguration {
        guard let settings = runtime.configuration.dialects.agent else {
            preconditionFailure("agents that are not configured")
        }
        return settings
    }

    /// Tells the agent of that name, as this caller sees it.
    func findAgent(_ name: String, _ done: @escaping (Result<AgentDefinition, APIError>) -> Void) {
        if let own = runtime.agents[name] { return done(.success(own)) }
        service.agents.agent(name, of: agentOwner, most: agentSettings) { found in
            done(
                Result { () throws(APIError) -> AgentDefinition in
                    guard let agent = try found.get() else { throw .unknownAgent(name) }
                    return agent
                })
        }
    }
}

extension APIError {
    static func unknownAgent(_ name: String) -> APIError {
        APIError(
            .notFound, code: "agent_not_found", param: "agent_name",
            "There is no agent '\(name.prefix(64))'. GET /agents lists those that there are.")
    }
}
