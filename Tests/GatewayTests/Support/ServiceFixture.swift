import Testing
import Upstreams

@testable import Gateway

/// A whole gateway of one worker without listeners: a configuration, its runtime, and connections that a test opens.
final class ServiceFixture {
    let loop = EventLoop()
    let service: Service
    let server: Server
    private let logs: LogWriter
    private let journal: TaskJournal?
    private let listener: Listener
    /// Takes another configuration, as a worker does at a reload.
    private let makeRuntime: (Configuration) throws -> Runtime

    init(_ configuration: String) throws {
        let configuration = try ConfigFixture.load(configuration)
        let shared = SharedState(startedAt: loop.now, storeBytes: 1 << 20)
        let metrics = MetricsRegistry(worker: 0)
        let parser = JSONParser()
        logs = try LogWriter(access: nil)
        let context = UpstreamContext(loop: loop, curl: CurlMulti(reactor: loop), parser: parser)
        let limits = LimitDesk(table: shared.limits, loop: loop, owner: 0)
        makeRuntime = { configuration in
            Runtime(
                try Generation(configuration, ticketKeys: TicketKeys()), shared: shared, context: context,
                metrics: metrics, limits: limits)
        }
        let runtime = try makeRuntime(configuration)
        journal = try TaskJournal.open(configuration.tasks, restoring: shared.tasks, logs: logs)
        service = Service(
            loop: loop, parser: parser, metrics: metrics, accessLog: AccessLog(writer: logs, loop: loop),
            shared: shared, runtime: runtime, journal: journal)
        server = Server(loop: loop, bounds: configuration.bounds, places: shared.connections, service: service)
        listener = Listener(
            configuration.listeners[0], descriptor: -1, tls: nil, server: server, metrics: metrics.listener("public"))
    }

    deinit {
        journal?.close()
        logs.close()
    }

    func reload(_ configuration: String) throws { service.runtime = try makeRuntime(ConfigFixture.load(configuration)) }

    /// What one request on a connection of its own is answered with, until the connection ends.
    func answer(to request: String) throws -> String {
        let (ours, client) = try TestSocket.pair()
        server.add(ours.release(), from: "192.0.2.1", via: listener)
        client.send(request)
        var received: [UInt8] = []
        var isAtEnd = false
        let watch = loop.watch(descriptor: client.descriptor) { _ in
            while !isAtEnd, let bytes = client.receive() {
                received += bytes
                isAtEnd = bytes.isEmpty
            }
        }
        watch.want(.readable)
        #expect(loop.turn { isAtEnd })
        watch.stop()
        return String(decoding: received, as: UTF8.self)
    }

    /// The same for `lines` of a head without body.
    func answer(_ lines: String...) throws -> String {
        try answer(to: (lines + ["host: h", "connection: close", "", ""]).joined(separator: "\r\n"))
    }
}
