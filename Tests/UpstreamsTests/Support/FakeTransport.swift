@testable import Upstreams

/// A transport that sends nothing: keeps what it was asked for and hands out transfers that a test plays.
final class FakeTransport: HTTPTransport {
    struct Request {
        let method: TransportRequest.Method
        let path: String
        let fields: [HTTPField]
        let body: String

        func values(of name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
    }

    private(set) var requests: [Request] = []
    private(set) var transfers: [FakeTransfer] = []

    func start(_ request: consuming TransportRequest, _ receiver: any TransferReceiver) -> any HTTPTransfer {
        requests.append(
            Request(
                method: request.method, path: request.path, fields: request.fields,
                body: String(decoding: request.body.copy(), as: UTF8.self)))
        let transfer = FakeTransfer(receiver)
        transfers.append(transfer)
        return transfer
    }
}

/// One call that a test plays: what the provider sends, as the transport would tell it.
final class FakeTransfer: HTTPTransfer {
    private var receiver: (any TransferReceiver)?
    private var waiting: [[UInt8]] = []
    private(set) var isCancelled = false
    private(set) var resumes = 0
    var isConnected = true

    init(_ receiver: any TransferReceiver) { self.receiver = receiver }

    var isOver: Bool { receiver == nil }
    var isPaused: Bool { !waiting.isEmpty }

    func cancel() {
        isCancelled = true
        receiver = nil
        waiting = []
    }

    /// Brings the bytes again that were not taken, until they are not taken again.
    func resume() {
        resumes += 1
        let again = waiting
        waiting = []
        for bytes in again { receive(bytes) }
    }

    // MARK: What the provider does

    func receiveHead(_ status: Int, _ lines: String = "content-type: text/event-stream\r\n") {
        receiver?.transferDidReceive(AnswerHead(status: status, lines: Array(lines.utf8)))
    }

    func receive(_ bytes: [UInt8]) {
        guard waiting.isEmpty else { return waiting.append(bytes) }
        let flow = unsafe receiver?.transferDidReceive(bytes.span.bytes)
        if flow == .pause { waiting.append(bytes) }
    }

    func receive(_ text: String) { receive(Array(text.utf8)) }

    func end(_ failure: TransportFailure? = nil) {
        let receiver = receiver
        self.receiver = nil
        receiver?.transferDidEnd(failure)
    }
}
