import Upstreams

/// Calls of one gateway, one after another, all within one time.
struct ChatClient {
    private let settings: HTTPTransportSettings
    private let key: String?
    private let timeout: Double
    private let deadline: MonotonicTime

    /// - Parameter timeout: seconds for all calls together, from now.
    init(_ settings: HTTPTransportSettings, key: String?, timeout: Double) {
        self.settings = settings
        self.key = key
        self.timeout = timeout
        deadline = EventLoop().now.advanced(milliseconds: Int(timeout * 1000))
    }

    func post(
        _ path: String, _ body: consuming ByteBuffer, fields: [HTTPField] = [], to reader: any ChatReader
    ) -> ChatEnding {
        run(TransportRequest(path: path, fields: fields + authorization, body: body), reader)
    }

    func get(_ path: String, fields: [HTTPField] = [], to reader: any ChatReader) -> ChatEnding {
        var request = TransportRequest(path: path, fields: fields + authorization, body: ByteBuffer())
        request.method = .get
        return run(request, reader)
    }

    private var authorization: [HTTPField] { key.map { [HTTPField("authorization", "Bearer " + $0)] } ?? [] }

    private func run(_ request: consuming TransportRequest, _ reader: any ChatReader) -> ChatEnding {
        ChatCall(reader, url: settings.baseURL).run(request, settings, until: deadline, timeout: timeout)
    }
}
