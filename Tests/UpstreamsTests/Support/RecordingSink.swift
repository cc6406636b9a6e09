@testable import Upstreams

/// Keeps all that an upstream says.
final class RecordingSink: CompletionSink {
    private(set) var head: AnswerHead?
    private(set) var events: [String] = []
    private(set) var facts: [ChatChunkFacts] = []
    private(set) var error: UpstreamError?
    private(set) var ends = 0
    private(set) var pauses = 0
    /// Everything in its order, to see that nothing follows the end.
    private(set) var order: [String] = []
    var isFull = false
    /// Called after each event.
    var didAppend: () -> Void = {}

    var hasEnded: Bool { ends > 0 }
    /// Ended properly.
    var isComplete: Bool { ends == 1 && error == nil }
    var isUntouched: Bool { order.isEmpty }

    func begin(_ head: AnswerHead) {
        self.head = head
        order.append("begin")
    }

    func append(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        let bytes = (0..<payload.byteCount).map { payload.byte(at: $0) }
        events.append(String(decoding: bytes, as: UTF8.self))
        self.facts.append(facts)
        order.append("event")
        didAppend()
    }

    func didPause() { pauses += 1 }

    func end(_ error: UpstreamError?) {
        self.error = error
        ends += 1
        order.append("end")
    }
}
