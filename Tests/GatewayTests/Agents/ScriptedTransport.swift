import Upstreams

@testable import Gateway

/// A transport whose answers a test writes. Each comes at the end of the turn in which its call was started.
final class ScriptedTransport: HTTPTransport {
    struct Sent {
        let method: TransportRequest.Method
        let path: String
        let fields: [HTTPField]
        let body: String

        func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    struct Answer {
        var status = 200
        var lines = "content-type: application/json\r\n"
        var body: [String] = []
        var failure: TransportFailure?
    }

    private let loop: EventLoop
    private(set) var sent: [Sent] = []
    private(set) var cancelled = 0
    /// Nil: no answer ever comes.
    var answer: (Sent) -> Answer? = { _ in Answer() }

    init(_ loop: EventLoop) { self.loop = loop }

    func start(_ request: consuming TransportRequest, _ receiver: any TransferReceiver) -> any HTTPTransfer {
        let message = Sent(
            method: request.method, path: request.path, fields: request.fields, body: request.body.text)
        sent.append(message)
        let transfer = Transfer(receiver, answer(message)) { [self] in cancelled += 1 }
        loop.atEndOfTurn(transfer)
        return transfer
    }

    private final class Transfer: HTTPTransfer, TurnTask {
        private var receiver: (any TransferReceiver)?
        private let answer: Answer?
        private let noteCancel: () -> Void

        init(_ receiver: any TransferReceiver, _ answer: Answer?, _ noteCancel: @escaping () -> Void) {
            self.receiver = receiver
            self.answer = answer
            self.noteCancel = noteCancel
        }

        func runAtEndOfTurn() {
            guard let answer else { return }
            if answer.failure == nil {
                receiver?.transferDidReceive(AnswerHead(status: answer.status, lines: Array(answer.lines.utf8)))
                for part in answer.body {
                    ByteBuffer(Array(part.utf8)).withBytes { _ = receiver?.transferDidReceive($0) }
                }
            }
            let last = receiver
            receiver = nil
            last?.transferDidEnd(answer.failure)
        }

        func cancel() {
            if receiver != nil { noteCancel() }
            receiver = nil
        }

        func resume() {}
        var isConnected: Bool { true }
    }
}
