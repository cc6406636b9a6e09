import Upstreams

/// The side of a worker that faces clients: its listeners and its open connections.
///
/// Owns both; knows nothing of what is served. `open` makes the handler of each request.
final class Server {
    let loop: EventLoop
    private(set) var bounds: BoundsConfiguration
    let date: HTTPDate
    /// No further request is taken on a connection; set once, at the end of the process.
    private(set) var isDraining = false
    /// Memory for what is being read, lent to the connection at work: idle ones hold none.
    var spareInput = ByteBuffer()
    private var listeners: [Listener] = []
    private var connections: [ObjectIdentifier: Connection] = [:]
    private let places: InFlight
    private var slots: [ObjectIdentifier: InFlight.Slot] = [:]
    private let service: any RequestService
    /// Called when the last connection of a draining server has gone.
    var didDrain: () -> Void = {}

    /// `places`: counts the open connections of all workers.
    init(loop: EventLoop, bounds: BoundsConfiguration, places: InFlight, service: any RequestService) {
        self.loop = loop
        self.bounds = bounds
        self.places = places
        self.service = service
        date = HTTPDate()
    }

    // MARK: Listeners

    func listen(_ listener: Listener) {
        listeners.append(listener)
        listener.start()
    }

    /// New bounds and certificates for what begins from now on.
    func reconfigure(bounds: BoundsConfiguration, tls: [String: TLSContext]) {
        self.bounds = bounds
        for listener in listeners { listener.tls = tls[listener.name] }
    }

    // MARK: Connections

    var connectionCount: Int { connections.count }

    /// Takes over an accepted descriptor.
    func add(_ descriptor: Int32, from address: String, via listener: Listener) {
        var socket = ClientSocket(descriptor, tls: listener.tls)
        guard let slot = places.take(atMost: bounds.maxConnections) else {
            listener.metrics.values.refused += 1
            if !socket.isSecure { refuse(&socket) }
            return
        }
        let connection = Connection(socket, from: address, via: listener, server: self)
        listener.metrics.values.open += 1
        connections[ObjectIdentifier(connection)] = connection
        slots[ObjectIdentifier(connection)] = slot
    }

    func remove(_ connection: Connection) {
        connection.listener.metrics.values.open -= 1
        connections[ObjectIdentifier(connection)] = nil
        slots[ObjectIdentifier(connection)] = nil
        if isDraining, connections.isEmpty { didDrain() }
    }

    /// One try: who does not take it at once is told by the closed connection.
    private func refuse(_ socket: inout ClientSocket) {
        let error = APIError.unavailable("The gateway has as many connections as it takes.", retryAfter: 1000)
        var body = ByteBuffer()
        error.write(to: &body)
        var response = ByteBuffer()
        response.appendHead(error.status, .length(body.count), date: date.text, keepAlive: false)
        response.appendField("content-type", "application/json")
        response.appendField("retry-after", 1)
        response.endHead()
        body.withBytes { response.append($0) }
        _ = socket.write(from: &response)
    }

    // MARK: Requests

    func open(_ connection: Connection, _ response: ResponseWriter) -> any RequestHandler {
        service.open(connection, response)
    }

    func refuse(_ error: APIError, _ connection: Connection, _ response: ResponseWriter) {
        service.refuse(error, connection, response)
    }

    // MARK: The end

    /// It drains, and no connection is left.
    var hasDrained: Bool { isDraining && connections.isEmpty }

    /// Takes no new connections, ends idle ones and lets the others end after their response.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        for listener in listeners { listener.stop() }
        for connection in connections.values { connection.drain() }
        if connections.isEmpty { didDrain() }
    }

    /// Ends all connections at once.
    func abandon() {
        for connection in connections.values { connection.abandon() }
    }
}

/// What a server serves.
protocol RequestService: AnyObject {
    /// The handler for the request whose head `connection` holds.
    func open(_ connection: Connection, _ response: ResponseWriter) -> any RequestHandler
    /// Answers what is no well-formed request.
    func refuse(_ error: APIError, _ connection: Connection, _ response: ResponseWriter)
}
