internal import CCurl

/// A connection to a provider made by libcurl, without a call on it: name, proxy and TLS are libcurl's.
///
/// States: idle → connecting → idle again for a plain connection, whose descriptor is given away, or secure: the handle
/// stays in libcurl for as long as the connection is open, since TLS runs through it → idle.
@safe
final class CurlConnect: CurlHandle {
    private unowned let connector: CurlConnector
    private var receiver: (any ConnectReceiver)?
    /// Held while libcurl has our pointer.
    private var selfWhileRunning: CurlConnect?
    private var connectorWhileRunning: CurlConnector?

    /// The most that one TLS record brings (RFC 8446 section 5.1).
    static let maxRecordBytes = 16 * 1024

    init(_ connector: CurlConnector) {
        self.connector = connector
        super.init(multi: connector.multi, settings: connector.settings)
        unsafe sluice_curl_set_long(handle, CURLOPT_CONNECT_ONLY, 1)
        unsafe setString(CURLOPT_URL, connector.settings.baseURL)
    }

    /// The receiver hears of the outcome once, after this has returned, unless `close` is called before.
    func start(_ receiver: any ConnectReceiver) {
        precondition(selfWhileRunning == nil, "a connection is made twice")
        self.receiver = receiver
        selfWhileRunning = self
        connectorWhileRunning = connector
        multi.start(self)
    }

    /// Gives up connecting, or closes the connection.
    func close() {
        receiver = nil
        detachSoon()
    }

    override func finish(_ result: CURLcode) {
        guard let receiver else { return detach() }
        self.receiver = nil
        let descriptor = result == CURLE_OK ? unsafe sluice_curl_info_socket(handle) : -1
        if descriptor < 0 {
            let failure = result == CURLE_OK ? TransportFailure.connect : failure(result)
            detach()
            receiver.connectDidFail(failure)
        } else if connector.settings.isSecure {
            multi.unwatch(descriptor)
            receiver.didConnect(UpstreamSocket(descriptor, tls: self))
        } else {
            multi.giveAway(descriptor)
            detach()
            receiver.didConnect(UpstreamSocket(descriptor, tls: nil))
        }
    }

    override func detach() {
        guard selfWhileRunning != nil else { return }
        unsafe multi.remove(handle)
        selfWhileRunning = nil
        connector.takeBack(self)
        connectorWhileRunning = nil
    }

    // MARK: TLS

    @unsafe func receive(_ room: UnsafeMutableRawBufferPointer) -> UpstreamSocket.Result {
        var count = 0
        let code = unsafe curl_easy_recv(handle, room.baseAddress, room.count, &count)
        if code == CURLE_OK { return count > 0 ? .moved(count) : .endOfStream }
        return code == CURLE_AGAIN ? .wouldBlock : .failed
    }

    @unsafe func send(_ bytes: UnsafeRawBufferPointer) -> UpstreamSocket.Result {
        var count = 0
        let code = unsafe curl_easy_send(handle, bytes.baseAddress, bytes.count, &count)
        if code == CURLE_OK { return .moved(count) }
        return code == CURLE_AGAIN ? .wouldBlock : .failed
    }
}
