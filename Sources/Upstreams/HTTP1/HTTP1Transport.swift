/// The gateway's own HTTP/1.1 to one provider, on one worker, over connections that libcurl makes.
///
/// Owns the connections that wait for their next call. The one that was used last is used next, so that those which are
/// not needed grow old and are closed.
package final class HTTP1Transport: HTTPTransport {
    let connector: CurlConnector
    let readBuffer: ReadBuffer
    let reactor: any Reactor
    var encoder: RequestEncoder
    /// In the order in which they became idle.
    private var idle: [HTTP1Connection] = []
    private var calls: [HTTP1Call] = []
    private var timer: (any ReactorTimer)?
    private var isTimerArmed = false

    /// Idle connections kept at most.
    private static let maxIdle = 1024
    /// Milliseconds after which an idle connection is closed.
    private static let idleTimeout = 60_000
    /// Idle calls kept.
    private static let poolLimit = 256

    package init(multi: CurlMulti, settings: HTTPTransportSettings, readBuffer: ReadBuffer) {
        connector = CurlConnector(multi: multi, settings: settings)
        encoder = RequestEncoder(settings)
        reactor = multi.reactor
        self.readBuffer = readBuffer
        timer = reactor.timer { [unowned self] in closeOldConnections() }
    }

    package func start(_ request: consuming TransportRequest, _ receiver: any TransferReceiver) -> any HTTPTransfer {
        let call = calls.popLast() ?? HTTP1Call()
        call.start(self, receiver, request)
        return call
    }

    func takeBack(_ call: HTTP1Call) {
        if calls.count < Self.poolLimit { calls.append(call) }
    }

    // MARK: Idle connections

    func takeIdleConnection() -> HTTP1Connection? { idle.popLast() }

    func keep(_ connection: HTTP1Connection) {
        guard idle.count < Self.maxIdle else { return connection.close() }
        idle.append(connection)
        armTimer(milliseconds: Self.idleTimeout)
    }

    /// An idle connection is of no more use.
    func drop(_ connection: HTTP1Connection) {
        connection.close()
        guard let index = idle.lastIndex(where: { $0 === connection }) else { return }
        idle.remove(at: index)
    }

    private func armTimer(milliseconds: Int) {
        guard !isTimerArmed else { return }
        isTimerArmed = true
        timer?.arm(milliseconds: milliseconds)
    }

    /// The timer is armed for the oldest and looks again when it fires, so that a call costs no arming.
    private func closeOldConnections() {
        isTimerArmed = false
        let now = reactor.now
        while let oldest = idle.first {
            let left = Self.idleTimeout - now.milliseconds(since: oldest.idleSince)
            guard left <= 0 else { return armTimer(milliseconds: left) }
            drop(oldest)
        }
    }
}
