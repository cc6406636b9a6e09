import Upstreams

/// The answers of the operators' surface. Who asks has shown that they may.
struct AdminAnswers {
    let exchange: Exchange

    func run(_ route: Route?, _ body: borrowing ByteBuffer) {
        switch route {
        case .adminConfig: answer(EffectiveConfiguration.make(exchange.service.runtime.configuration).pretty())
        case .adminUsage: tellUsage()
        case .adminExplain: explain(body)
        case .adminCache: purge()
        case .adminReload: exchange.service.reload { answerReload($0) }
        case .adminDrain: drain()
        case .adminRequests: exchange.service.list { listing in answer { listing.write(to: &$0) } }
        case .adminRequest: cancelRequest()
        case .adminHistory: answerHistory()
        case .adminUpstreams: tellUpstreams()
        case .adminLogLevel where exchange.connection.head.method == .put: setLogLevel(body)
        case .adminLogLevel: tellLogLevel()
        case .adminTasks: exchange.service.loop.start { await tellTasks() }
        case .adminTask: exchange.service.loop.start { await cancelTask() }
        case .adminKeys: answerKeys(body)
        case .adminKeyRotation: rotateKey(body)
        case .adminKey: revokeKey()
        default: preconditionFailure("no route of the operators' surface")
        }
    }

    private func explain(_ body: borrowing ByteBuffer) {
        do throws(APIError) {
            let asked = try ExplainedRequest(question: body, exchange.runtime.configuration, exchange.service.parser)
            exchange.service.loop.start { await explain(asked) }
        } catch {
            exchange.answer(error)
        }
    }

    private func explain(_ asked: ExplainedRequest) async {
        let service = exchange.service
        do throws(APIError) {
            let explanation = try await Explainer(
                exchange.runtime, service.parser, logs: service.shared.logs, at: service.loop.now
            ).explain(asked, now: WallClock.seconds)
            var output = ByteBuffer()
            explanation.write(to: &output)
            send(.ok, output)
        } catch {
            exchange.answer(error)
        }
    }

    private func tellUsage() {
        guard let format = UsageReport.Format(exchange.connection.head) else {
            return exchange.answer(.invalid("The 'format' is 'json' or 'csv'.", param: "format", code: "invalid_value"))
        }
        exchange.service.gatherUsage { [exchange] rows in
            var output = ByteBuffer()
            UsageReport(since: exchange.service.shared.since, rows).write(format, to: &output)
            send(.ok, output, type: format.contentType)
        }
    }

    private func purge() {
        do throws(APIError) {
            let purge = try CachePurge(exchange.connection.head)
            var questions: [CacheTerms] = []
            let removed = exchange.service.shared.logs.purge { terms in
                guard purge.includes(terms) else { return false }
                questions.append(terms)
                return true
            }
            exchange.service.desk.replicas?.forget(questions, key: purge.key)
            answer(#"{"removed":\#(removed)}"#)
        } catch {
            exchange.answer(error)
        }
    }

    private func answerReload(_ report: ReloadReport) {
        guard report.mistakes.isEmpty else {
            let message = "The configuration was not reloaded; the old one stays in use."
            return answer(.invalid(message, code: "invalid_configuration"), report.mistakes)
        }
        answer {
            $0.member("status", "reloaded")
            $0.array("warnings") { for warning in report.warnings { $0.element(warning) } }
        }
    }

    /// OpenAI's error object, with each mistake beside it.
    func answer(_ failure: APIError, _ mistakes: [String]) {
        let error = OpenAIError(
            message: failure.message, type: failure.type, param: failure.param, code: failure.code)
        var body = ByteBuffer()
        body.appendJSON {
            $0.object {
                $0.object("error") { error.write(to: &$0) }
                $0.array("mistakes") { for mistake in mistakes { $0.element(mistake) } }
            }
        }
        send(failure.status, body, RequestOutcome(failure.source), errorCode: failure.label)
    }

    private func drain() {
        // What is sent now still goes out: a drain lets requests end.
        exchange.service.drain()
        var body = ByteBuffer()
        body.append(#"{"status":"draining"}"#)
        send(.accepted, body)
    }

    // MARK: Log level

    private func tellLogLevel() {
        answer {
            $0.member("level", exchange.service.shared.logThreshold.level.rawValue)
            $0.member("configured", exchange.service.runtime.configuration.telemetry.logLevel.rawValue)
        }
    }

    private func setLogLevel(_ body: borrowing ByteBuffer) {
        do throws(APIError) {
            let root = try exchange.service.parser.document(body).root
            guard let level = root["level"]?.string.flatMap({ LogThreshold.Level(rawValue: $0) }) else {
                let names = LogThreshold.Level.allCases.map { "'\($0)'" }.joined(separator: ", ")
                throw .invalid("'level' must be one of \(names).", param: "level")
            }
            let old = exchange.service.shared.logThreshold.set(level)
            exchange.service.tell(
                LogThreshold.Change(
                    old: old, new: level, operatorID: exchange.entry.keyID, requestID: exchange.requestID))
            tellLogLevel()
        } catch {
            exchange.answer(error)
        }
    }

    // MARK: What is under way

    private func tellUpstreams() {
        let service = exchange.service
        let listing = UpstreamListing(service.runtime.configuration, service.shared.health, at: service.loop.now)
        let clock = MomentInTime(loop: service.loop.now, wall: WallClock.now)
        answer { listing.write(to: &$0, clock) }
    }

    private func cancelRequest() {
        let id = Route.adminRequest.operatorsID(exchange.connection.head) ?? ""
        guard let number = RequestNumber(id) else { return exchange.answer(.unknownRequest(id)) }
        exchange.service.cancel(number) { wasThere in
            guard wasThere else { return exchange.answer(.unknownRequest(id)) }
            answer {
                $0.member("id", id)
                $0.member("cancelled", true)
            }
        }
    }

    private func answerHistory() {
        let points = exchange.service.shared.history.points
        answer { writer in
            writer.member("object", "history")
            writer.member("now", WallClock.seconds)
            writer.member("step_seconds", History.step)
            writer.array("data") { list in
                for point in points { list.object { point.write(to: &$0) } }
            }
        }
    }

    private func tellTasks() async {
        do throws(APIError) {
            let listing = try await exchange.service.tasks.list()
            answer { listing.write(to: &$0) }
        } catch {
            exchange.answer(error)
        }
    }

    private func cancelTask() async {
        let id = Route.adminTask.operatorsID(exchange.connection.head)?.lowercased() ?? ""
        do throws(APIError) {
            guard TaskID.isOne(id), let found = try await exchange.service.tasks.find(id) else { throw .unknownTask }
            let task = try await exchange.service.tasks.cancel(found)
            answer {
                $0.member("task_id", task.id)
                $0.member("status", task.status.rawValue)
            }
        } catch {
            exchange.answer(error)
        }
    }

    // MARK: Answers

    /// Answers with an object of these members.
    func answer(_ status: HTTPStatus = .ok, _ members: (inout JSONWriter) -> Void) {
        var body = ByteBuffer()
        body.appendJSON { $0.object(members) }
        send(status, body)
    }

    private func answer(_ json: String) {
        var body = ByteBuffer()
        body.append(json)
        send(.ok, body)
    }

    private func send(
        _ status: HTTPStatus, _ body: borrowing ByteBuffer, _ outcome: RequestOutcome = .completed,
        errorCode: String = "", type: String = "application/json"
    ) {
        exchange.send(status, body) { output in
            output.appendField("content-type", type)
            output.appendField("cache-control", "no-store")
        }
        exchange.finish(outcome, errorCode: errorCode)
    }
}
