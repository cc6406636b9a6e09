import Policies
import Upstreams

/// How an exchange answers: with an error, or with what needs no upstream.
extension Exchange {
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

    // MARK: Without an upstream

    func answer(_ route: Route) {
        answer { () throws(APIError) in try Answers(exchange: self, head: connection.head).make(route) }
    }

    func answerClientInfo() async {
        await answer { () async throws(APIError) in
            try await Answers(exchange: self, head: connection.head).clientInfo()
        }
    }

    func answerTask(isCancelled: Bool) async {
        let answers = TaskAnswers(exchange: self)
        await answer { () async throws(APIError) in
            Answers.Answer(body: isCancelled ? try await answers.cancel() : try await answers.status())
        }
    }

    /// The estimate of a prompt's tokens (docs/dialects.md, "Messages").
    func countTokens(_ body: borrowing ByteBuffer) {
        do throws(APIError) {
            let request = try MessagesDialect().decode(service.parser.document(body), in: dialectContext).completion
            entry.model = request.model
            guard runtime.models.route(request.model) != nil, identity.mayUse(model: request.model) else {
                throw .unknownModel(request.model)
            }
            var answer = ByteBuffer()
            answer.appendJSON {
                $0.object { $0.member("input_tokens", service.countPrompt(request).total) }
            }
            self.answer(Answers.Answer(body: answer))
        } catch {
            answer(error)
        }
    }

    func answerOptions() {
        send(.noContent, ByteBuffer()) { output in
            output.appendField("allow", (route?.methods ?? "").description)
            guard origin != nil, connection.head.has("access-control-request-method") else { return }
            runtime.cors.writePreflight(methods: (route?.methods ?? "").description, to: &output)
        }
        finish(.completed)
    }

    func answerMetrics() {
        let format = MetricsFormat(accept: connection.head.value(of: "accept"))
        service.scrape(format) { [self] page in
            send(.ok, page) { $0.appendField("content-type", format.contentType) }
            finish(.completed)
        }
    }

    /// Answers with what `make` makes, or tells why it cannot.
    private func answer(_ make: () throws(APIError) -> Answers.Answer) {
        do {
            answer(try make())
        } catch {
            answer(error)
        }
    }

    private func answer(_ make: () async throws(APIError) -> Answers.Answer) async {
        do {
            answer(try await make())
        } catch {
            answer(error)
        }
    }

    private func answer(_ answer: borrowing Answers.Answer) {
        send(answer.status, answer.body) { $0.appendField("content-type", "application/json") }
        finish(.completed)
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
