import Testing
import Upstreams

@testable import Gateway

/// A server with one connection whose other end is a test's.
final class ConnectionFixture {
    let loop = EventLoop()
    let service = FakeService()
    let server: Server
    let client: TestSocket
    private let registry = MetricsRegistry(worker: 0)
    private(set) var received: [UInt8] = []
    private(set) var isAtEnd = false
    private var watch: (any DescriptorWatch)?

    /// `bounds`: members of the configuration's section. `tcp`: for what only TCP has, such as resets.
    init(_ bounds: String = "", tcp: Bool = false) throws {
        let configuration = try ConfigFixture.load(ConfigFixture.root(["bounds": "{\(bounds)}"]))
        server = Server(loop: loop, bounds: configuration.bounds, places: InFlight(), service: service)
        let (ours, peer) = try tcp ? TestSocket.tcpPair() : TestSocket.pair()
        client = peer
        let listener = Listener(
            configuration.listeners[0], descriptor: -1, tls: nil, server: server,
            metrics: registry.listener("public"))
        server.add(ours.release(), from: "192.0.2.1", via: listener)
        watch = loop.watch(descriptor: client.descriptor) { [unowned self] _ in read() }
    }

    deinit { watch?.stop() }

    var text: String { String(decoding: received, as: UTF8.self) }

    /// The statuses of the answers that came.
    var statuses: [String] { text.split(separator: "HTTP/1.1 ").map { String($0.prefix(3)) } }

    /// Turns until `condition` holds, reading what comes meanwhile.
    func turn(within milliseconds: Int = 30_000, until condition: () -> Bool) -> Bool {
        watch?.want(isAtEnd ? [] : .readable)
        defer { watch?.want([]) }
        return loop.turn(within: milliseconds, until: condition)
    }

    private func read() {
        while !isAtEnd, let bytes = client.receive() {
            received += bytes
            isAtEnd = bytes.isEmpty
        }
        if isAtEnd { watch?.want([]) }
    }

    /// The client closes.
    func leave() {
        watch?.stop()
        client.end()
    }

    static func post(_ path: String, _ body: String, _ fields: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nhost: h\r\n\(fields)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nhost: h\r\n\(fields)\r\n"
    }
}
