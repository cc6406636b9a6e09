import Upstreams

/// The way back to the client for one request: writes one response in HTTP's form into its connection's output.
///
/// States: nothing sent → begun (a stream) → ended; or ended at once by `send`. After the end, or once the client has
/// gone, writing does nothing. Output is sent at the end of the turn, so that all that one turn writes shares one
/// system call.
final class ResponseWriter {
    /// Nil once the response has ended or the client has gone.
    private var connection: Connection?
    private let minorVersion: Int
    private let isHead: Bool
    private var framing = ResponseFraming.none
    /// Whether the connection serves another request after this one.
    var keepAlive: Bool
    private(set) var hasBegun = false
    /// The status sent; 0 before.
    private(set) var status = 0
    private(set) var bytesSent = 0

    init(_ connection: Connection, _ head: RequestHead, keepAlive: Bool) {
        self.connection = connection
        minorVersion = head.minorVersion
        isHead = head.method == .head
        self.keepAlive = keepAlive
    }

    /// The client has gone, or the response has ended.
    var isClosed: Bool { connection == nil }

    /// So much waits for the client that nothing more should be written until `clientIsReady`.
    var isFull: Bool { connection?.isOutputFull ?? false }

    // MARK: Whole responses

    /// Sends a whole response. `fields` writes the fields beyond date, length and connection.
    func send(_ status: HTTPStatus, body: RawSpan, fields: (inout ByteBuffer) -> Void) {
        guard let connection else { return }
        precondition(!hasBegun, "a second response to one request")
        begin(connection, status, status.allowsBody ? .length(body.byteCount) : .none, fields)
        if !isHead, status.allowsBody {
            connection.output.append(body)
            bytesSent += body.byteCount
        }
        finish(connection)
    }

    /// Answers `101 Switching Protocols` (RFC 9110 section 7.8), and hands the connection over to whom `make` makes.
    /// `fields` writes those beyond `connection` and `upgrade`. Nil: the client has gone.
    func upgrade<P: UpgradedProtocol>(
        to name: StaticString, fields: (inout ByteBuffer) -> Void, make: (Connection) -> P
    ) -> P? {
        guard let connection else { return nil }
        precondition(!hasBegun && minorVersion > 0, "nothing to upgrade")
        keepAlive = true
        begin(connection, .switchingProtocols, .none) { output in
            output.append("connection: upgrade\r\nupgrade: ")
            output.append(name)
            output.append("\r\n")
            fields(&output)
        }
        self.connection = nil
        let upgraded = make(connection)
        connection.upgrade(to: upgraded)
        return upgraded
    }

    // MARK: Streams

    /// Begins a body whose length is not known.
    func beginStream(_ status: HTTPStatus, fields: (inout ByteBuffer) -> Void) {
        if minorVersion == 0 { keepAlive = false }
        begin(status, minorVersion == 0 ? .untilClose : .chunked, fields)
    }

    /// Begins a body that is handed on as it comes. `length`: of all of it; nil: it is not known.
    func beginBody(_ status: HTTPStatus, length: Int?, fields: (inout ByteBuffer) -> Void) {
        guard status.allowsBody else { return begin(status, ResponseFraming.none, fields) }
        guard let length else { return beginStream(status, fields: fields) }
        begin(status, .length(length), fields)
    }

    private func begin(_ status: HTTPStatus, _ framing: ResponseFraming, _ fields: (inout ByteBuffer) -> Void) {
        guard let connection else { return }
        precondition(!hasBegun, "a second response to one request")
        begin(connection, status, framing, fields)
    }

    /// Sends the next bytes of such a body.
    func bytes(_ bytes: RawSpan) { events { $0.text(bytes) } }

    /// Sends what `body` writes: any number of server-sent events, each a chunk of its own (API page, OpenAI dialect).
    @inline(__always)
    func events(_ body: (inout EventWriter) -> Void) {
        guard let connection, !isHead else { return }
        let before = connection.output.count
        connection.write { output in
            var writer = EventWriter(exchange(&output, with: ByteBuffer()), isChunked: framing == .chunked)
            body(&writer)
            output = writer.finish()
        }
        bytesSent += connection.output.count - before
    }

    /// The same for a stream whose head waits for its first byte: nothing happens unless `body` writes something; then
    /// `begin`, which begins the stream, comes first.
    func firstEvents(_ body: (inout EventWriter) -> Void, begin: () -> Void) {
        precondition(!hasBegun, "the head has gone out")
        var writer = EventWriter(ByteBuffer(), isChunked: minorVersion > 0)
        body(&writer)
        let events = writer.finish()
        guard !events.isEmpty else { return }
        begin()
        guard let connection, !isHead else { return }
        connection.write { output in events.withBytes { output.append($0) } }
        bytesSent += events.count
    }

    /// Ends a stream in HTTP's good order.
    func endStream() {
        guard let connection else { return }
        if framing == .chunked, !isHead {
            connection.output.appendLastChunk()
            bytesSent += 5
        }
        finish(connection)
    }

    /// Ends the connection in the middle of the body, so that the client sees that it is not whole.
    func abort() {
        guard let connection else { return }
        self.connection = nil
        connection.responseWasAborted()
    }

    /// The connection tells that the client has gone.
    func clientLeft() { connection = nil }

    // MARK: Parts

    private func begin(
        _ connection: Connection, _ status: HTTPStatus, _ framing: ResponseFraming,
        _ fields: (inout ByteBuffer) -> Void
    ) {
        hasBegun = true
        self.status = status.code
        self.framing = framing
        let before = connection.output.count
        connection.output.appendHead(
            status, framing, date: connection.server.date.text, minorVersion: minorVersion, keepAlive: keepAlive)
        fields(&connection.output)
        connection.output.endHead()
        bytesSent += connection.output.count - before
        connection.outputDidGrow()
    }

    private func finish(_ connection: Connection) {
        self.connection = nil
        connection.responseDidEnd(keepAlive: keepAlive)
    }
}
