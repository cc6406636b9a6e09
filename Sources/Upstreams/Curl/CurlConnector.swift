/// Makes connections to one provider by libcurl, on one worker. Keeps the handles that are done for the next ones.
final class CurlConnector {
    let multi: CurlMulti
    let settings: HTTPTransportSettings
    private var pool: [CurlConnect] = []

    /// Idle handles kept; each holds some 10 KiB.
    private static let poolLimit = 16

    init(multi: CurlMulti, settings: HTTPTransportSettings) {
        self.multi = multi
        self.settings = settings
    }

    /// Begins a connection; see `CurlConnect.start`.
    func connect(_ receiver: any ConnectReceiver) -> CurlConnect {
        let connect = pool.popLast() ?? CurlConnect(self)
        connect.start(receiver)
        return connect
    }

    func takeBack(_ connect: CurlConnect) {
        if pool.count < Self.poolLimit { pool.append(connect) }
    }
}
