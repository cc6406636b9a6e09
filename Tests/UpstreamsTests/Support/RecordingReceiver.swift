@testable import Upstreams

/// Keeps what a transfer brings.
final class RecordingReceiver: TransferReceiver {
    private(set) var heads: [AnswerHead] = []
    private(set) var body: [UInt8] = []
    private(set) var pieces = 0
    private(set) var isOver = false
    private(set) var failure: TransportFailure?
    private(set) var calls = 0
    var flow = TransferFlow.more
    /// Called after the head and after each piece.
    var didReceive: () -> Void = {}
    var didEnd: () -> Void = {}

    var text: String { String(decoding: body, as: UTF8.self) }

    func transferDidReceive(_ head: AnswerHead) {
        calls += 1
        heads.append(head)
        didReceive()
    }

    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        calls += 1
        if flow == .more {
            pieces += 1
            for offset in 0..<bytes.byteCount { body.append(bytes.byte(at: offset)) }
        }
        let answer = flow
        didReceive()
        return answer
    }

    func transferDidEnd(_ failure: TransportFailure?) {
        calls += 1
        isOver = true
        self.failure = failure
        didEnd()
    }
}
