import Upstreams

/// Takes an answer, writes down what came, and does what the test asks at each point.
final class TransportAnswer: TransferReceiver {
    private(set) var head: AnswerHead?
    private(set) var body: [UInt8] = []
    private(set) var isEnded = false
    private(set) var failure: TransportFailure?
    var transfer: (any HTTPTransfer)?
    var didReceiveHead: (() -> Void)?
    var didReceiveBytes: (() -> TransferFlow)?
    var didEnd: (() -> Void)?

    init(_ didEnd: (() -> Void)? = nil) { self.didEnd = didEnd }

    var text: String { String(decoding: body, as: UTF8.self) }

    func transferDidReceive(_ head: AnswerHead) {
        precondition(self.head == nil && !isEnded, "a head comes once and first")
        self.head = head
        didReceiveHead?()
    }

    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        precondition(head != nil && !isEnded, "a body comes between head and end")
        let flow = didReceiveBytes?() ?? .more
        if flow == .more { unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) } }
        return flow
    }

    func transferDidEnd(_ failure: TransportFailure?) {
        precondition(!isEnded, "an end comes once")
        isEnded = true
        self.failure = failure
        transfer = nil
        didEnd?()
    }
}
