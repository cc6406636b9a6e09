/// One answer of the echo model that comes whole: embeddings, or what it thinks of texts.
///
/// States: waiting for the configured time → said, or cancelled.
final class EchoWholeCall: CompletionCall, TurnTask {
    private let answer: ByteBuffer
    private let promptTokens: Int
    private let settings: EchoUpstream.Settings
    private var sink: (any CompletionSink)?
    private var timer: (any ReactorTimer)?

    /// `promptTokens`: 0 for an answer that costs none.
    init(
        _ answer: consuming ByteBuffer, promptTokens: Int, settings: EchoUpstream.Settings, reactor: any Reactor,
        sink: any CompletionSink
    ) {
        self.answer = answer
        self.promptTokens = promptTokens
        self.settings = settings
        self.sink = sink
        if settings.firstEventDelay > 0 {
            timer = reactor.timer { [unowned self] in say() }
            timer?.arm(milliseconds: settings.firstEventDelay)
        } else {
            reactor.atEndOfTurn(self)
        }
    }

    func cancel() {
        sink = nil
        timer?.cancel()
        timer = nil
    }

    func resume() {}

    func runAtEndOfTurn() { say() }

    private func say() {
        let sink = sink
        cancel()
        if settings.failAfter != nil { sink?.end(EchoCall.breakOff) }
        guard let sink, settings.failAfter == nil else { return }
        sink.begin(AnswerHead(status: 200, lines: []))
        let usage = ChatChunkFacts.Usage(promptTokens: promptTokens, totalTokens: promptTokens)
        let facts = ChatChunkFacts(
            choices: 0, hasFinishReason: false, hasContent: true, usage: promptTokens > 0 ? usage : nil)
        answer.withBytes { sink.append($0, facts) }
        sink.end(nil)
    }
}
