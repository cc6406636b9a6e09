internal import CCurl
import Glibc

/// An easy handle of libcurl, set up to reach one provider: what calls and bare connections have in common.
///
/// Owns the handle. libcurl has a pointer to this object while the handle is in the multi handle.
@safe
class CurlHandle {
    let multi: CurlMulti
    private let easy: OpaquePointer

    init(multi: CurlMulti, settings: HTTPTransportSettings) {
        self.multi = multi
        guard let easy = unsafe curl_easy_init() else { preconditionFailure("curl_easy_init failed") }
        unsafe self.easy = OpaquePointer(easy)
        unsafe configure(easy, settings)
    }

    deinit { unsafe curl_easy_cleanup(handle) }

    @unsafe final var handle: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(easy) }

    /// libcurl has ended what the handle was put into the multi handle for.
    func finish(_ result: CURLcode) { preconditionFailure("for subclasses") }

    /// Takes the handle out of libcurl.
    func detach() { preconditionFailure("for subclasses") }

    /// Detaches at once, or as soon as libcurl is left.
    final func detachSoon() {
        if multi.isInside {
            multi.detachAfterwards(self)
        } else {
            detach()
        }
    }

    /// Whether the connection's handshakes were over.
    final var isConnectionMade: Bool {
        var time: curl_off_t = 0
        unsafe sluice_curl_info_offset(handle, CURLINFO_PRETRANSFER_TIME_T, &time)
        return time > 0
    }

    @unsafe final func setString(_ option: CURLoption, _ value: String) {
        let code = unsafe value.withCString { text in unsafe sluice_curl_set_pointer(handle, option, text) }
        precondition(code == CURLE_OK, "libcurl refuses option \(option.rawValue): \(code.rawValue)")
    }

    /// Name, proxy, TLS, and sockets that the driver opens and closes.
    @unsafe private func configure(_ easy: UnsafeMutableRawPointer, _ settings: HTTPTransportSettings) {
        let driver = unsafe Unmanaged.passUnretained(multi).toOpaque()
        unsafe sluice_curl_set_pointer(easy, CURLOPT_PRIVATE, Unmanaged.passUnretained(self).toOpaque())
        unsafe sluice_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        unsafe sluice_curl_set_long(easy, CURLOPT_TCP_NODELAY, 1)
        unsafe sluice_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        unsafe sluice_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, settings.connectTimeout)
        unsafe sluice_curl_set_long(easy, CURLOPT_HTTP_VERSION, Self.httpVersion(settings.version))
        unsafe sluice_curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, settings.verifiesCertificate ? 1 : 0)
        unsafe sluice_curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, settings.verifiesCertificate ? 2 : 0)
        unsafe sluice_curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        unsafe setString(CURLOPT_PROTOCOLS_STR, "http,https")
        unsafe setString(CURLOPT_PROXY, settings.proxy ?? "")
        if let exceptions = settings.proxyExceptions { unsafe setString(CURLOPT_NOPROXY, exceptions) }
        if let path = settings.unixSocket { unsafe setString(CURLOPT_UNIX_SOCKET_PATH, path) }
        unsafe sluice_curl_set_long(easy, CURLOPT_SSL_ENABLE_ALPN, settings.namesProtocols ? 1 : 0)
        if let file = settings.authoritiesFile { unsafe setString(CURLOPT_CAINFO, file) }
        unsafe sluice_curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, driver)
        unsafe sluice_curl_set_pointer(easy, CURLOPT_CLOSESOCKETDATA, driver)
        unsafe sluice_curl_set_open_fn(easy) { context, _, address in
            guard let context = unsafe context, let address = unsafe address?.pointee else { return -1 }
            return unsafe Unmanaged<CurlMulti>.fromOpaque(context)._withUnsafeGuaranteedRef {
                $0.open(family: address.family, type: address.socktype, protocol: address.protocol)
            }
        }
        unsafe sluice_curl_set_close_fn(easy) { context, descriptor in
            guard let context = unsafe context else { return 1 }
            unsafe Unmanaged<CurlMulti>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.close(descriptor) }
            return 0
        }
        if !settings.allowsPrivateAddresses { unsafe requirePublicAddresses(easy) }
    }

    /// Opens no socket to a private address, and sends nothing over a connection that another call has made to one.
    @unsafe private func requirePublicAddresses(_ easy: UnsafeMutableRawPointer) {
        unsafe sluice_curl_set_open_fn(easy) { context, _, address in
            guard let context = unsafe context, let address = unsafe address, unsafe CurlHandle.isPublic(address) else {
                return -1
            }
            return unsafe Unmanaged<CurlMulti>.fromOpaque(context)._withUnsafeGuaranteedRef {
                unsafe $0.open(
                    family: address.pointee.family, type: address.pointee.socktype,
                    protocol: address.pointee.protocol)
            }
        }
        unsafe sluice_curl_set_prerequest_fn(easy) { _, peer, _, _, _ in
            guard let peer = unsafe peer, PublicAddress.contains(text: unsafe String(cString: peer)) else {
                return CURL_PREREQFUNC_ABORT
            }
            return CURL_PREREQFUNC_OK
        }
    }

    @unsafe private static func isPublic(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        // The address stands behind the members of `curl_sockaddr`, and may be longer than its type says.
        let bytes = unsafe UnsafeRawPointer(address) + (MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        switch unsafe address.pointee.family {
        case AF_INET:
            let four = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
            return unsafe withUnsafeBytes(of: four.sin_addr) { unsafe PublicAddress.contains(Array($0)) }
        case AF_INET6:
            let six = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
            return unsafe withUnsafeBytes(of: six.sin6_addr) { unsafe PublicAddress.contains(Array($0)) }
        default:
            return false
        }
    }

    private static func httpVersion(_ version: HTTPTransportSettings.Version) -> Int {
        switch version {
        case .automatic: Int(CURL_HTTP_VERSION_2TLS)
        case .http1: Int(CURL_HTTP_VERSION_1_1)
        case .http2: Int(CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
        }
    }

    final func failure(_ result: CURLcode) -> TransportFailure {
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect
        case CURLE_OPERATION_TIMEDOUT: isConnectionMade ? .truncated : .connectTimeout
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .tls(certificate: true)
        case CURLE_SSL_CONNECT_ERROR: .tls(certificate: false)
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            .truncated
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR:
            .protocolViolation
        default: .other(Int(result.rawValue))
        }
    }
}
