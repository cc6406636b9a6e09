/// One answer of the echo model on its way: says one event after another, at the configured pace.
///
/// States: not started → saying (`steps` left) → ended (`sink` is nil). Pauses while the sink is full.
final class EchoCall: CompletionCall, TurnTask {
    /// What is said next. A choice is said whole before the next one.
    private enum Step {
        case role
        case text(Int)
        case toolCall(Int)
        case finish
        case usage
        case end
    }

    private let answer: EchoAnswer
    private var encoder: EchoEncoder
    private let texts: [String]
    private let request: CompletionRequest
    private let settings: EchoUpstream.Settings
    private let reactor: any Reactor
    private var sink: (any CompletionSink)?
    private var timer: (any ReactorTimer)?
    private var next = Step.role
    private var choice = 0
    private var eventsSaid = 0
    private var hasBegun = false
    private var isPaused = false

    init(
        _ answer: EchoAnswer, _ encoder: consuming EchoEncoder, request: CompletionRequest,
        settings: EchoUpstream.Settings, reactor: any Reactor, sink: any CompletionSink
    ) {
        self.answer = answer
        self.encoder = encoder
        self.request = request
        self.settings = settings
        self.reactor = reactor
        self.sink = sink
        texts = request.isStream ? Self.split(answer.pieces, settings.chunk) : []
    }

    func start() {
        if settings.firstEventDelay > 0 || settings.gap > 0 {
            timer = reactor.timer { [unowned self] in speak() }
        }
        wait(settings.firstEventDelay)
    }

    func cancel() {
        sink = nil
        timer?.cancel()
        timer = nil
    }

    func resume() {
        guard isPaused else { return }
        isPaused = false
        reactor.atEndOfTurn(self)
    }

    func runAtEndOfTurn() { speak() }

    private func wait(_ milliseconds: Int) {
        if milliseconds > 0 { timer?.arm(milliseconds: milliseconds) } else { reactor.atEndOfTurn(self) }
    }

    // MARK: Speaking

    private func speak() {
        guard let sink else { return }
        if !hasBegun {
            hasBegun = true
            sink.begin(AnswerHead(status: 200, lines: []))
            if !request.isStream { return sayWhole() }
        }
        while self.sink != nil {
            if sink.isFull {
                isPaused = true
                return sink.didPause()
            }
            if say(to: sink), settings.gap > 0, self.sink != nil { return wait(settings.gap) }
        }
    }

    private func sayWhole() {
        if settings.failAfter != nil { return end(Self.breakOff) }
        encoder.whole(answer)
        append(facts(usage: true, finish: true, content: true))
        end(nil)
    }

    /// Takes the next step; true if that was an event after which there is a gap.
    private func say(to sink: any CompletionSink) -> Bool {
        if let limit = settings.failAfter, eventsSaid >= limit {
            end(Self.breakOff)
            return false
        }
        switch next {
        case .role:
            encoder.role(choice: choice)
            append(facts())
            next = texts.isEmpty ? .toolCall(0) : .text(0)
            return false
        case .text(let index):
            encoder.text(texts[index], choice: choice)
            append(facts(content: true))
            eventsSaid += 1
            next = index + 1 < texts.count ? .text(index + 1) : .toolCall(0)
            return true
        case .toolCall(let index):
            guard index < answer.toolCalls.count else {
                next = .finish
                return false
            }
            encoder.toolCall(answer.toolCalls[index], index: index, choice: choice)
            append(facts(content: true))
            eventsSaid += 1
            next = .toolCall(index + 1)
            return true
        case .finish:
            encoder.finish(answer.finishReason, choice: choice)
            append(facts(finish: true))
            choice += 1
            next = choice < answer.choices ? .role : .usage
            return false
        case .usage:
            encoder.usage(answer)
            append(facts(usage: true, choices: 0))
            next = .end
            return false
        case .end:
            end(nil)
            return false
        }
    }

    private func append(_ facts: ChatChunkFacts) {
        encoder.event.withBytes { sink?.append($0, facts) }
    }

    private func end(_ error: UpstreamError?) {
        let sink = sink
        cancel()
        sink?.end(error)
    }

    private func facts(
        usage: Bool = false, finish: Bool = false, content: Bool = false, choices: Int = 1
    ) -> ChatChunkFacts {
        let completion = answer.completionTokens * answer.choices
        let tokens = ChatChunkFacts.Usage(
            promptTokens: answer.promptTokens, completionTokens: completion,
            totalTokens: answer.promptTokens + completion, cachedTokens: 0)
        return ChatChunkFacts(
            choices: choices, hasFinishReason: finish, hasContent: content, usage: usage ? tokens : nil)
    }

    static let breakOff = UpstreamError(.truncated, "The echo model broke off, as configured (fail_after).")

    // MARK: Chunks

    private static func split(_ pieces: [String], _ chunk: EchoUpstream.Settings.Chunk) -> [String] {
        switch chunk {
        case .word: pieces
        case .whole: pieces.isEmpty ? [] : [pieces.joined()]
        case .character: pieces.joined().map(String.init)
        case .line: lines(of: pieces.joined())
        }
    }

    /// Lines with their ends.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        var rest = text[...]
        while let end = rest.firstIndex(where: \.isNewline) {
            let after = rest.index(after: end)
            lines.append(String(rest[..<after]))
            rest = rest[after...]
        }
        if !rest.isEmpty { lines.append(String(rest)) }
        return lines
    }
}
