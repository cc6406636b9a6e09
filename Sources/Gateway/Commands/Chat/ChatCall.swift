import Glibc
import Upstreams

/// One HTTP exchange on a loop of its own, from the request to its ending.
///
/// States: made → running → over, once; the first ending counts.
final class ChatCall: TransferReceiver {
    private let loop = EventLoop()
    private let reader: any ChatReader
    private let url: String
    private var ending: ChatEnding?
    private var transfer: (any HTTPTransfer)?

    init(_ reader: any ChatReader, url: String) {
        self.reader = reader
        self.url = url
    }

    /// Runs the exchange, blocking. `timeout`: seconds that the user gave, for the message.
    func run(
        _ request: consuming TransportRequest, _ settings: HTTPTransportSettings, until deadline: MonotonicTime,
        timeout: Double
    ) -> ChatEnding {
        let transport = CurlTransport(multi: CurlMulti(reactor: loop, connections: 1), settings: settings)
        let timer = loop.timer { [unowned self] in
            finish(.timeout("There was no whole answer within \(timeout) s."))
        }
        timer.arm(milliseconds: max(0, deadline.milliseconds(since: loop.now)))
        let interrupt = LoopSignal(SIGINT, on: loop) { [unowned self] in finish(.interrupted) }
        transfer = transport.start(request, self)
        withExtendedLifetime(interrupt) { loop.run() }
        timer.cancel()
        guard let ending else { preconditionFailure("a loop that stopped without an ending") }
        return ending
    }

    // MARK: TransferReceiver

    func transferDidReceive(_ head: AnswerHead) {
        if ending == nil, let ending = reader.head(head) { finish(ending) }
    }

    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        if ending == nil, let ending = reader.bytes(bytes) { finish(ending) }
        return .more
    }

    func transferDidEnd(_ failure: TransportFailure?) {
        transfer = nil
        finish(failure.map { ChatFailure.ending($0, at: url, began: reader.hasBegun) } ?? reader.end())
    }

    private func finish(_ ending: ChatEnding) {
        guard self.ending == nil else { return }
        self.ending = ending
        transfer?.cancel()
        transfer = nil
        loop.stop()
    }
}
