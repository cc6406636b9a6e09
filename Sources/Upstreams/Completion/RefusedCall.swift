/// A call that ends before it began: tells the sink why at the end of the turn.
final class RefusedCall: CompletionCall, TurnTask {
    private let error: UpstreamError
    private var sink: (any CompletionSink)?

    init(_ error: UpstreamError, reactor: any Reactor, sink: any CompletionSink) {
        self.error = error
        self.sink = sink
        reactor.atEndOfTurn(self)
    }

    func runAtEndOfTurn() {
        sink?.end(error)
        sink = nil
    }

    func cancel() { sink = nil }

    func resume() {}
}
