import CSystem
import Glibc
import Upstreams

/// One worker's share of a listener: accepts connections and hands them to the server.
final class Listener {
    let name: String
    let surfaces: Set<ListenerConfiguration.Surface>
    /// Whether only this machine can reach it.
    let isLoopback: Bool
    /// Replaced by a reload; connections keep the one they began with.
    var tls: TLSContext?
    let metrics: MetricSeries<ListenerKey>
    private let descriptor: Int32
    private unowned let server: Server
    private var watch: (any DescriptorWatch)?
    private var pause: (any ReactorTimer)?

    /// Connections accepted in one go, so that those which are open get their turn.
    private static let acceptsPerTurn = 64
    /// Milliseconds to wait when the process has no descriptor left.
    private static let exhaustionPause = 100

    init(
        _ configuration: ListenerConfiguration, descriptor: Int32, tls: TLSContext?, server: Server,
        metrics: MetricSeries<ListenerKey>
    ) {
        name = configuration.name
        surfaces = configuration.serves
        isLoopback = configuration.address.isLoopback
        self.descriptor = descriptor
        self.tls = tls
        self.server = server
        self.metrics = metrics
    }

    func start() {
        pause = server.loop.timer { [unowned self] in watch?.want(.readable) }
        watch = server.loop.watch(descriptor: descriptor) { [unowned self] _ in accept() }
        watch?.want(.readable)
    }

    /// Stops accepting; connections that wait in the kernel's queue are still taken.
    func stop() {
        guard watch != nil else { return }
        accept()
        watch?.stop()
        watch = nil
        pause = nil
        close(descriptor)
    }

    private func accept() {
        var address = sockaddr_storage()
        for _ in 0..<Self.acceptsPerTurn {
            let client = unsafe sluice_accept(descriptor, &address)
            if client >= 0 {
                metrics.values.accepted += 1
                server.add(client, from: SocketAddress.host(of: &address), via: self)
                continue
            }
            if errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM {
                watch?.want([])
                pause?.arm(milliseconds: Self.exhaustionPause)
            }
            return
        }
    }
}
