internal import CCurl
import Glibc

/// One call to a provider by libcurl: an easy handle, used for one call after another.
///
/// States: idle (in the pool) → running → idle. Who started a call holds the transfer only until the call has ended or
/// was cancelled, since it then serves another. It keeps itself alive while libcurl has its pointer.
@safe
final class CurlTransfer: CurlHandle, HTTPTransfer {
    /// Held while running alone, since a transport holds its idle transfers.
    private var transport: CurlTransport?
    /// Nil: not running, or cancelled inside of libcurl and about to be detached.
    private var receiver: (any TransferReceiver)?
    /// Held while libcurl has our pointer.
    private var selfWhileRunning: CurlTransfer?
    private var body = ByteBuffer()
    private var fields: CurlFieldList
    private var status = 0
    private var hasHead = false
    private var headLines: [UInt8] = []
    private var isPaused = false
    /// Brings the body as it comes; nil: `body` holds all of it.
    private var pipe: BodyPipe?
    /// libcurl waits for the rest of the body.
    private var isStarved = false
    private var hasOwnType = false
    private var path = ""

    /// Bytes of a header line past this end the call: a provider has no use for them.
    private static let maxHeadBytes = 64 * 1024

    init(_ transport: CurlTransport) {
        fields = unsafe CurlFieldList(before: transport.sharedFields)
        super.init(multi: transport.multi, settings: transport.settings)
        unsafe configure(handle)
    }

    // MARK: HTTPTransfer

    func start(
        _ request: consuming TransportRequest, _ receiver: any TransferReceiver, for transport: CurlTransport
    ) {
        precondition(self.receiver == nil && selfWhileRunning == nil, "a transfer is started twice")
        self.receiver = receiver
        self.transport = transport
        selfWhileRunning = self
        status = 0
        hasHead = false
        isPaused = false
        headLines.removeAll(keepingCapacity: true)
        pipe = request.pipe
        let type = request.contentType
        if let type {
            hasOwnType = true
            fields = unsafe CurlFieldList(before: transport.untypedFields)
            fields.prepend(HTTPField("content-type", type))
        }
        let (method, path) = (request.method, request.path)
        for field in request.fields.reversed() { fields.prepend(field) }
        unsafe sluice_curl_set_pointer(handle, CURLOPT_HTTPHEADER, fields.first)
        body = request.body
        setMethod(method)
        setPipe()
        if self.path != path {
            self.path = path
            unsafe setString(CURLOPT_URL, transport.settings.baseURL + path)
        }
        multi.start(self)
    }

    func cancel() {
        guard receiver != nil else { return }
        receiver = nil
        detachSoon()
    }

    func resume() {
        guard isPaused, receiver != nil else { return }
        isPaused = false
        applyPauses()
    }

    private func bodyDidGrow() {
        guard isStarved, receiver != nil else { return }
        isStarved = false
        applyPauses()
    }

    private func applyPauses() {
        let pauses = (isPaused ? CURLPAUSE_RECV : 0) | (isStarved ? CURLPAUSE_SEND : 0)
        multi.enter { _ = unsafe curl_easy_pause(handle, pauses) }
    }

    var isConnected: Bool { isConnectionMade }

    // MARK: What the driver calls

    override func finish(_ result: CURLcode) {
        let receiver = receiver
        self.receiver = nil
        // To libcurl an answer may end within its head.
        let failure = result != CURLE_OK ? failure(result) : hasHead ? nil : TransportFailure.truncated
        detach()
        receiver?.transferDidEnd(failure)
    }

    /// Takes the handle out of libcurl, which ends the call if it is not over, and puts it back into the pool.
    override func detach() {
        guard selfWhileRunning != nil, let transport else { return }
        unsafe multi.remove(handle)
        fields.removeAll()
        if hasOwnType {
            hasOwnType = false
            fields = unsafe CurlFieldList(before: transport.sharedFields)
        }
        body = ByteBuffer()
        if pipe != nil { setOwnConnection(false) }
        pipe?.didWrite = nil
        pipe = nil
        self.transport = nil
        selfWhileRunning = nil
        transport.takeBack(self)
    }

    // MARK: What libcurl calls

    private func receiveHeadLine(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let receiver = receiver else { return false }
        if unsafe line.starts(with: "HTTP/".utf8) {
            // A new head: the one before was a 1xx answer or a proxy's.
            status = unsafe Self.status(of: line)
            headLines.removeAll(keepingCapacity: true)
            return true
        }
        guard headLines.count + line.count <= Self.maxHeadBytes else { return false }
        if line.count > 2 {
            unsafe headLines.append(contentsOf: line)
            return true
        }
        // 1xx heads are passed over, and lines after a body are trailers.
        if status >= 200 {
            hasHead = true
            receiver.transferDidReceive(AnswerHead(status: status, lines: headLines))
            status = 0
        }
        return true
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard let receiver else { return 0 }
        switch unsafe receiver.transferDidReceive(bytes.bytes) {
        case .more:
            return bytes.count
        case .pause:
            // A receiver that cancelled in the same breath gets its wish.
            guard self.receiver != nil else { return 0 }
            isPaused = true
            return Int(CURL_WRITEFUNC_PAUSE)
        }
    }

    /// libcurl takes more of the body.
    private func sendBody(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let pipe else { return 0 }
        guard let count = unsafe pipe.take(into: room) else {
            isStarved = true
            return Int(CURL_READFUNC_PAUSE)
        }
        return count
    }

    private static func status(of line: UnsafeRawBufferPointer) -> Int {
        guard let space = unsafe line.firstIndex(of: UInt8(ascii: " ")) else { return 0 }
        return unsafe line[(space + 1)...].prefix(3).reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
    }

    // MARK: Settings

    /// A body that comes by and by is sent once: not on a kept connection, which may turn out to be closed.
    private func setPipe() {
        isStarved = false
        guard let pipe else { return }
        unsafe sluice_curl_set_pointer(handle, CURLOPT_POSTFIELDS, nil)
        unsafe sluice_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(pipe.length ?? -1))
        setOwnConnection(true)
        pipe.didWrite = { [unowned self] in bodyDidGrow() }
    }

    /// A connection for one call alone: closing it is also the one sure way to take back half a body.
    private func setOwnConnection(_ isOwn: Bool) {
        unsafe sluice_curl_set_long(handle, CURLOPT_FRESH_CONNECT, isOwn ? 1 : 0)
        unsafe sluice_curl_set_long(handle, CURLOPT_FORBID_REUSE, isOwn ? 1 : 0)
    }

    private func setMethod(_ method: TransportRequest.Method) {
        unsafe sluice_curl_set_pointer(handle, CURLOPT_CUSTOMREQUEST, nil)
        switch method {
        case .post, .put, .patch:
            unsafe sluice_curl_set_long(handle, CURLOPT_POST, 1)
            unsafe sluice_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            // libcurl does not copy; the buffer stays where it is until `detach`.
            unsafe body.withUnsafeBytes { bytes in
                _ = unsafe sluice_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
            }
        case .get, .delete:
            unsafe sluice_curl_set_long(handle, CURLOPT_HTTPGET, 1)
        }
        if method != .post, method != .get { unsafe setString(CURLOPT_CUSTOMREQUEST, method.rawValue) }
    }

    /// All that is the same for every call.
    @unsafe private func configure(_ easy: UnsafeMutableRawPointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        // Asks for no compression, and still undoes the one of a provider that does not listen.
        unsafe setString(CURLOPT_ACCEPT_ENCODING, "identity")
        unsafe sluice_curl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        unsafe sluice_curl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        unsafe sluice_curl_set_pointer(easy, CURLOPT_READDATA, context)
        unsafe sluice_curl_set_data_fn(easy, CURLOPT_READFUNCTION) { room, size, count, context in
            guard let context = unsafe context else { return 0 }
            let room = unsafe UnsafeMutableRawBufferPointer(start: room, count: size * count)
            return unsafe Unmanaged<CurlTransfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
                unsafe $0.sendBody(room)
            }
        }
        unsafe sluice_curl_set_data_fn(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe Unmanaged<CurlTransfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
                unsafe $0.receiveHeadLine(line) ? line.count : 0
            }
        }
        unsafe sluice_curl_set_data_fn(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            guard let context = unsafe context else { return 0 }
            let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
            return unsafe Unmanaged<CurlTransfer>.fromOpaque(context)._withUnsafeGuaranteedRef {
                unsafe $0.receiveBody(bytes)
            }
        }
    }
}
