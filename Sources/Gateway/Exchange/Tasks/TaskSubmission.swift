import Policies
import Upstreams

/// A request that is answered at once, and goes on as a task: by 202 and the task's addresses, or by an assistant's
/// message with a link to its page.
///
/// All policies pass before the task is taken. States: made → admitted → recorded → answered; or refused.
final class TaskSubmission: ExchangeWork {
    /// What the client gets.
    enum Delivery {
        /// `202 Accepted`.
        case task
        /// A completion that is a link.
        case link

        /// Nil: the request wants its answer.
        init?(_ request: DialectRequest, _ models: ModelTable, _ identity: Identity) {
            if request.wantsTask {
                self = .task
            } else if models.deliversLinks, request.completion.operation == .chat,
                models.route(identity.stand(inFor: request.completion.model))?.deliver == .link
            {
                self = .link
            } else {
                return nil
            }
        }
    }

    private let exchange: Exchange
    private let delivery: Delivery
    private let gate: Gate
    private let wakeup = Wakeup()
    private var route: RequestedRoute?
    /// The task goes on by itself, and accounts for itself.
    private var isHandedOver = false
    private var interruption: APIError?
    private var hasClientLeft = false

    init(_ exchange: Exchange, _ delivery: Delivery) {
        self.exchange = exchange
        self.delivery = delivery
        gate = Gate(exchange)
    }

    private var service: Service { exchange.service }
    private var runtime: Runtime { exchange.runtime }
    private var isInterrupted: Bool { hasClientLeft || interruption != nil }

    // MARK: ExchangeWork

    func clientLeft() {
        hasClientLeft = true
        wakeup.wake()
    }

    func clientIsReady() {}

    func keepAlive() {}

    func shutDown() {
        interruption = .shuttingDown
        wakeup.wake()
    }

    func cancel() {
        interruption = .cancelledByOperator
        wakeup.wake()
    }

    var progress: WorkProgress { WorkProgress(.queued) }

    var upstreamNanoseconds: Int64? { nil }

    func writePolicyFields(to output: inout ByteBuffer) {
        if let rates = gate.rates { output.append(rates) }
        if let trimmed = gate.trimmed { output.appendField(TrimmedHistory.headerName, trimmed.headerValue) }
        gate.answerFields.write(to: &output)
    }

    func account(
        into entry: inout AccessLogEntry, _ outcome: RequestOutcome, errorCode: String, source: ErrorSource,
        duration: Int
    ) {
        gate.release()
        if !isHandedOver, let route {
            service.metrics.usage.add(
                UsageCounts(failed: true), to: UsageKey(exchange.identity, model: route.route.name))
        }
        let status = outcome == .clientDisconnected ? 499 : entry.status
        exchange.series(of: route?.route).values.ended(
            upstream: nil, status: status, nanoseconds: duration,
            error: outcome == .completed ? nil : (source, errorCode))
    }

    // MARK: The life

    func run(_ asked: DialectRequest) async {
        do throws(APIError) {
            var asked = asked
            asked.completion = try asked.completion.asStream(service.parser)
            asked.mayResume = false
            let route = try runtime.models.requested(asked.completion, by: exchange.identity)
            self.route = route
            try await submit(asked, route)
        } catch {
            hasClientLeft
                ? exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
                : exchange.answer(error)
        }
    }

    private func submit(_ asked: DialectRequest, _ route: RequestedRoute) async throws(APIError) {
        let request = try await gate.admit(asked, route, waking: wakeup) { isInterrupted }
        if isInterrupted { throw interruption ?? .shuttingDown }
        let model = asked.completion.model
        let order = TaskOrder(
            id: UUIDv4.make(), model: model, owner: TaskOwner(exchange.identity), isLink: delivery == .link,
            created: WallClock.seconds, request: request, asked: route,
            routeName: exchange.identity.stand(inFor: model), grant: gate.handOver(), runtime: runtime)
        let task: TaskSight
        do throws(APIError) {
            task = try await service.tasks.submit(order)
        } catch {
            order.grant.refund()
            throw error
        }
        exchange.entry.task = task.id
        isHandedOver = true
        // Whoever has left meanwhile had no id to ask for it.
        if hasClientLeft { _ = try await service.tasks.cancel(task) }
        answer(task, asked.encoder, isStream: exchange.entry.stream)
    }

    // MARK: Answers

    private func answer(_ task: TaskSight, _ encoder: any AnswerEncoder, isStream: Bool) {
        if hasClientLeft {
            return exchange.finish(.clientDisconnected, errorCode: "client_left", source: .client)
        }
        let ticket = TaskTicket(task, base: exchange.publicURL)
        switch delivery {
        case .task:
            var body = ByteBuffer()
            body.appendJSON { writer in writer.object { ticket.write(to: &$0) } }
            exchange.send(.accepted, body) { output in
                output.append("content-type: application/json\r\npreference-applied: respond-async\r\n")
                output.appendField("location", ticket.statusURL)
            }
        case .link:
            let message = LinkMessage(ticket, requestID: exchange.requestID)
            if isStream { stream(message, encoder) } else { send(message, encoder) }
        }
        exchange.finish(.completed)
    }

    private func send(_ message: LinkMessage, _ encoder: any AnswerEncoder) {
        message.whole.withBytes { answer in
            encoder.whole(answer) { body in
                exchange.response.send(.ok, body: body) { output in
                    output.append("content-type: application/json\r\n")
                    exchange.writeCommonFields(to: &output)
                }
            }
        }
    }

    private func stream(_ message: LinkMessage, _ encoder: any AnswerEncoder) {
        exchange.response.beginStream(.ok) { output in
            output.append(encoder.streamFields)
            exchange.writeCommonFields(to: &output)
        }
        exchange.response.events { writer in
            if encoder.start == .atOnce { encoder.begin(to: &writer) }
            for event in message.events {
                unsafe encoder.event(event.span.bytes, to: &writer)
            }
            do throws(APIError) {
                try encoder.end(to: &writer)
            } catch {
                encoder.fail(error, provider: nil, to: &writer)
            }
        }
        exchange.response.endStream()
    }
}

extension CompletionRequest {
    /// The same request, for a stream of events.
    fileprivate func asStream(_ parser: JSONParser) throws(APIError) -> CompletionRequest {
        var splice = JSONSplice()
        splice.set("stream", to: true)
        splice.set("stream_options", "include_usage", to: true)
        var text = ByteBuffer()
        splice.write(document.root, to: &text)
        return CompletionRequest(
            document: try parser.document(text), model: model, isStream: true, wantsUsage: true, requestID: requestID,
            fields: fields, callerKey: callerKey, alternatives: alternatives, hasAnthropicMembers: hasAnthropicMembers)
    }
}

extension APIError {
    static func tooManyTasks(_ refusal: TaskTable.Refusal) -> APIError {
        var error =
            switch refusal {
            case .full(let limit):
                APIError(
                    .tooManyRequests, type: "requests", code: "rate_limit_exceeded",
                    "The gateway has \(limit) tasks that run or wait, and takes no more; try again later.")
            case .share(let limit):
                APIError(
                    .tooManyRequests, type: "requests", code: "rate_limit_exceeded",
                    "You have \(limit) tasks that run or wait, and may have no more; wait until one is over.")
            }
        error.retryAfter = 5000
        error.source = .client
        return error
    }
}
