import Upstreams

@testable import Gateway

/// Serves what a test says, and keeps what it was asked.
final class FakeService: RequestService {
    /// Bytes of body taken; nil: refused on the head.
    var maxBodyBytes: Int? = 1000
    /// Bodies are handed over as they come.
    var streamsBodies = false
    /// Answers a complete request; without it nothing is answered until the test does.
    var serve: ((FakeHandler) -> Void)?
    private(set) var handlers: [FakeHandler] = []
    private(set) var refusals: [APIError] = []

    func open(_ connection: Connection, _ response: ResponseWriter) -> any RequestHandler {
        let handler = FakeHandler(connection.head.path, response, maxBodyBytes) { [unowned self] in serve?($0) }
        handler.streamsBody = streamsBodies
        handler.connection = connection
        handlers.append(handler)
        return handler
    }

    func refuse(_ error: APIError, _ connection: Connection, _ response: ResponseWriter) {
        refusals.append(error)
        FakeHandler.send(error.status, error.label, to: response)
    }
}

/// One request in a test's hands.
final class FakeHandler: RequestHandler {
    let path: String
    let response: ResponseWriter
    let maxBodyBytes: Int?
    private(set) var body: String?
    /// What came of a body that is handed over.
    private(set) var received = ""
    private(set) var hasWholeBody = false
    fileprivate(set) var streamsBody = false
    var takesBody = true
    fileprivate(set) weak var connection: Connection?
    private(set) var refusal: APIError?
    private(set) var keepAlives = 0
    private(set) var readies = 0
    private(set) var hasLeft = false
    private let serve: (FakeHandler) -> Void

    init(_ path: String, _ response: ResponseWriter, _ maxBodyBytes: Int?, _ serve: @escaping (FakeHandler) -> Void) {
        self.path = path
        self.response = response
        self.maxBodyBytes = maxBodyBytes
        self.serve = serve
    }

    func run(body: consuming ByteBuffer) {
        self.body = body.text
        serve(self)
    }

    func beginBody() { serve(self) }
    func receive(_ bytes: RawSpan) { received += String(decoding: bytes.copy(), as: UTF8.self) }
    func endBody() { hasWholeBody = true }

    func refuse(_ error: APIError) {
        refusal = error
        Self.send(error.status, error.label, to: response)
    }

    func keepAlive() { keepAlives += 1 }
    func clientIsReady() { readies += 1 }
    func clientLeft() { hasLeft = true }

    func answer(_ text: String) { Self.send(.ok, text, to: response) }

    static func send(_ status: HTTPStatus, _ text: String, to response: ResponseWriter) {
        ByteBuffer(Array(text.utf8)).withBytes { bytes in response.send(status, body: bytes) { _ in } }
    }
}
