import Upstreams

/// One run of a panel: asks the coder and the reviewers, and tells what comes of it as one completion.
///
/// A task of the loop. What is to be done next `MagiRun` decides; this asks, waits and tells. Nothing is told before the
/// coder has begun to answer, so that a coder which cannot be asked is an error like any provider's.
/// States: made → running → over, by its end or by `cancel`.
final class MagiCall: CompletionCall, TurnTask {
    private let settings: MagiUpstreamConfiguration
    private let service: Service
    private let runtime: Runtime
    private let requests: MagiRequests
    private let isStream: Bool
    private let wakeup = Wakeup()
    private let deadline: MonotonicTime
    /// Nil once it is over.
    private var sink: (any CompletionSink)?
    private var encoder: MagiEncoder
    private var run: MagiRun
    private var usage = ChatChunkFacts.Usage()
    private var coder: ModelCall?
    private var seats: [MagiSeat] = []
    private var hasBegun = false
    /// The time for all of it is over.
    private var isLate = false
    /// The time for the reviews of this version is over.
    private var isReviewLate = false

    /// Why the straight way of a run is left.
    private enum Exit: Error {
        case cancelled
        case failed(UpstreamError)
        case stopped(MagiRun.Stop)
    }

    init(
        _ settings: MagiUpstreamConfiguration, _ request: CompletionRequest, model: String, _ service: Service,
        _ runtime: Runtime, _ sink: any CompletionSink
    ) {
        self.settings = settings
        self.service = service
        self.runtime = runtime
        self.sink = sink
        requests = MagiRequests(settings, for: request, service.parser)
        isStream = request.isStream
        deadline = service.loop.now.advanced(milliseconds: settings.maxMs)
        encoder = MagiEncoder(requestID: request.requestID, model: model, created: WallClock.seconds)
        run = MagiRun(maxIterations: settings.maxIterations, rejectAt: settings.rejectAt)
    }

    func runAtEndOfTurn() {
        guard sink != nil else { return }
        service.loop.start { [self] in await live() }
    }

    func cancel() {
        stopCalls()
        sink = nil
        wakeup.wake()
    }

    func resume() { wakeup.wake() }

    private func stopCalls() {
        if let coder {
            coder.cancel()
            add(coder)
        }
        coder = nil
        for seat in seats { seat.cancel() }
        seats = []
    }

    // MARK: The run

    private func live() async {
        let timer = service.loop.timer { [unowned self] in
            isLate = true
            wakeup.wake()
        }
        timer.arm(milliseconds: settings.maxMs)
        defer { timer.cancel() }
        do throws(Exit) {
            while true {
                try await write()
                let reviews = try await review()
                let decision = run.decide(reviews)
                tell(.decision(decision), MagiMarkdown.decision(decision))
                if let result = run.result(after: decision) { return finish(result) }
            }
        } catch {
            stopCalls()
            switch error {
            case .cancelled: break
            case .failed(let error): fail(error)
            case .stopped(let stop): stopped(by: stop)
            }
        }
    }

    private func stopped(by stop: MagiRun.Stop) {
        if let result = run.result(stoppedBy: stop) { return finish(result) }
        fail(UpstreamError(.totalTimeout, "No code was written within the \(settings.maxMs) ms that it may take."))
    }

    /// Has the next version written.
    private func write() async throws(Exit) {
        try await makeReady()
        let call = try begin(settings.coder) { () throws(UpstreamError) in try requests.coder(after: run.rounds) }
        coder = call
        let end = try await answer(of: call)
        coder = nil
        add(call)
        switch end {
        case .completed: break
        case .failed(let error): throw .failed(error)
        case .cancelled: throw .cancelled
        }
        guard let code = CodeFences.code(in: call.text) else {
            throw .failed(UpstreamError(.malformed, "The coder's answer has no code in it."))
        }
        run.add(code, isCut: call.isCut)
        tell(
            .code(code, iteration: run.iteration, model: settings.coder, isCut: call.isCut), MagiMarkdown.code(code))
    }

    private func answer(of call: ModelCall) async throws(Exit) -> CompletionEnd {
        var isAnnounced = false
        while true {
            let end = call.read()
            if call.hasBegun, !isAnnounced {
                isAnnounced = true
                announceCoding()
            }
            if let end { return end }
            if isLate { throw .stopped(.time) }
            await wakeup.wait()
            if sink == nil { throw .cancelled }
        }
    }

    private func announceCoding() {
        let (next, most) = (run.iteration + 1, settings.maxIterations)
        tell(
            .stage(.coding, iteration: next, of: most, model: settings.coder),
            MagiMarkdown.coding(next, of: most, model: settings.coder))
    }

    /// Has the last version reviewed by all at once.
    private func review() async throws(Exit) -> [MagiReview] {
        try await makeReady()
        tell(
            .stage(.reviewing, iteration: run.iteration, of: settings.maxIterations, model: nil),
            MagiMarkdown.reviewing)
        isReviewLate = false
        let timer = service.loop.timer { [unowned self] in
            isReviewLate = true
            wakeup.wake()
        }
        timer.arm(milliseconds: settings.reviewTimeoutMs)
        defer { timer.cancel() }
        seats = settings.reviewers.map { seat(for: $0) }
        for seat in seats { tell(seat) }
        while true {
            for seat in seats where seat.step() { tell(seat) }
            guard seats.contains(where: { $0.review == nil }) else { break }
            if isReviewLate || isLate {
                for seat in seats where seat.review == nil {
                    seat.expire()
                    tell(seat)
                }
                break
            }
            await wakeup.wait()
            if sink == nil { throw .cancelled }
        }
        let reviews = seats.compactMap(\.review)
        seats = []
        return reviews
    }

    private func seat(for reviewer: MagiReviewerConfiguration) -> MagiSeat {
        guard let code = run.rounds.last?.code else { preconditionFailure("a review of nothing") }
        let iteration = run.iteration
        return MagiSeat(
            reviewer, absent: settings.absent, service.parser, account: { [unowned self] in add($0) },
            ask: { [unowned self] repair throws(UpstreamError) in
                let request = try requests.review(by: reviewer, of: code, iteration: iteration, repair: repair)
                return try call(request)
            })
    }

    /// Tells a review that has been there from the start, or since just now.
    private func tell(_ seat: MagiSeat) {
        guard let review = seat.review else { return }
        tell(.review(review, iteration: run.iteration), MagiMarkdown.review(review))
    }

    // MARK: Calls and budgets

    /// Waits until what was told is taken, and looks whether there is something left for a further stage.
    private func makeReady() async throws(Exit) {
        while sink?.isFull == true { await wakeup.wait() }
        if sink == nil { throw .cancelled }
        if isLate { throw .stopped(.time) }
        if let most = settings.maxTokens, usage.totalTokens >= most { throw .stopped(.tokens) }
    }

    private func begin(
        _ model: String, _ request: () throws(UpstreamError) -> CompletionRequest
    ) throws(Exit) -> ModelCall {
        do throws(UpstreamError) {
            return try call(try request())
        } catch {
            throw .failed(error)
        }
    }

    private func call(_ request: CompletionRequest) throws(UpstreamError) -> ModelCall {
        let call = ModelCall(request, service: service, runtime: runtime, deadline: deadline, waking: wakeup)
        guard let call else { throw UpstreamError(.unavailable, "A model of the panel is not configured.") }
        return call
    }

    /// Counts what a call has used.
    private func add(_ call: ModelCall) {
        (sink as? any CallLedger)?.add(call.calls, cost: call.cost)
        guard let used = call.usage else { return }
        usage.promptTokens += used.promptTokens
        usage.completionTokens += used.completionTokens
        usage.totalTokens += used.totalTokens
        usage.cachedTokens += used.cachedTokens
    }

    // MARK: Telling

    /// Tells a step twice: to readers of a task by its parts, to those of a chat by a text.
    private func tell(_ progress: MagiProgress, _ text: String) {
        guard let sink, isStream else { return }
        let isFirst = !hasBegun
        begin(sink)
        encoder.progress(progress) { append($0, $1) }
        if isFirst { encoder.role { append($0, $1) } }
        if !text.isEmpty { encoder.text(text) { append($0, $1) } }
    }

    /// Whoever takes one event of a step may have had enough, and cancel the run before the next.
    private func append(_ payload: RawSpan, _ facts: ChatChunkFacts) { sink?.append(payload, facts) }

    private func begin(_ sink: any CompletionSink) {
        guard !hasBegun else { return }
        hasBegun = true
        sink.begin(AnswerHead(status: 200, lines: []))
    }

    private func finish(_ result: MagiResult) {
        tell(.result(result), MagiMarkdown.result(result, of: settings.maxIterations))
        guard let sink else { return }
        let reason = result.isCut ? "length" : "stop"
        begin(sink)
        if isStream {
            encoder.finish(reason) { append($0, $1) }
            encoder.usage(usage) { append($0, $1) }
        } else {
            let text = MagiMarkdown.whole(result, of: settings.maxIterations)
            encoder.whole(text, finish: reason, usage) { append($0, $1) }
        }
        end(nil)
    }

    private func fail(_ error: UpstreamError) {
        // What was used until here is used.
        if isStream, hasBegun, usage.totalTokens > 0 { encoder.usage(usage) { append($0, $1) } }
        end(error)
    }

    private func end(_ error: UpstreamError?) {
        let sink = sink
        self.sink = nil
        sink?.end(error)
    }
}
