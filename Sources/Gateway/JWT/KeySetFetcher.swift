import Logging
import Upstreams

/// Fetches one set of keys again and again, on the supervisor's loop: at the start, each `refreshMs`, and when a worker
/// asks. The last good set stays published whatever happens later.
///
/// States: waiting → fetching → waiting …, until `stop`. Logs one line when what it finds changes, none when it does
/// not.
final class KeySetFetcher: TransferReceiver {
    /// What the last fetch found.
    private enum Finding: Equatable {
        case nothing
        case keys([UInt8])
        case failure(String)
    }

    let published: PublishedKeys
    private let transport: CurlTransport
    private let logger: Logger
    private var transfer: (any HTTPTransfer)?
    private var next: (any ReactorTimer)?
    private var deadline: (any ReactorTimer)?
    private var status = 0
    private var body: [UInt8] = []
    private var isTooLong = false
    private var failures = 0
    private var finding = Finding.nothing

    /// Milliseconds that one fetch may take.
    private static let timeout = 10_000

    init(_ published: PublishedKeys, loop: EventLoop, curl: CurlMulti, logger: Logger) {
        self.published = published
        self.logger = logger
        var settings = HTTPTransportSettings(baseURL: published.location.origin)
        settings.fields = [HTTPField("accept", "application/json, application/jwk-set+json")]
        settings.authoritiesFile = published.location.caFile
        settings.proxy = published.location.proxy?.exposed
        transport = CurlTransport(multi: curl, settings: settings)
        next = loop.timer { [unowned self] in fetch() }
        deadline = loop.timer { [unowned self] in giveUp() }
    }

    /// Begins a fetch, unless one is under way.
    func fetch() {
        guard transfer == nil else { return }
        status = 0
        body.removeAll()
        isTooLong = false
        var request = TransportRequest(path: published.location.path, fields: [], body: ByteBuffer())
        request.method = .get
        transfer = transport.start(request, self)
        deadline?.arm(milliseconds: Self.timeout)
    }

    func stop() {
        transfer?.cancel()
        transfer = nil
        next?.cancel()
        deadline?.cancel()
    }

    private func giveUp() {
        transfer?.cancel()
        note(.failure("no answer within \(Self.timeout) ms"))
    }

    // MARK: TransferReceiver

    func transferDidReceive(_ head: AnswerHead) { status = head.status }

    func transferDidReceive(_ bytes: RawSpan) -> TransferFlow {
        isTooLong = isTooLong || body.count + bytes.byteCount > JWKSet.maxBytes
        if !isTooLong { unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) } }
        return .more
    }

    func transferDidEnd(_ failure: TransportFailure?) {
        if let failure {
            note(.failure("\(failure)"))
        } else if status != 200 {
            note(.failure("it answered with status \(status)"))
        } else if isTooLong {
            note(.failure("it has more than \(JWKSet.maxBytes) bytes"))
        } else {
            note(.keys(body))
        }
    }

    // MARK: What a fetch found

    private func note(_ found: Finding) {
        transfer = nil
        deadline?.cancel()
        var found = found
        if case .keys(let bytes) = found {
            do throws(JWKSet.Fault) {
                try take(bytes)
            } catch {
                found = .failure(error.reason)
            }
        }
        if case .failure = found {
            published.keep()
            failures += 1
        } else {
            failures = 0
        }
        log(found)
        finding = found
        next?.arm(milliseconds: pause)
    }

    /// Publishes what is new: the same set again would only empty the workers' caches.
    private func take(_ bytes: [UInt8]) throws(JWKSet.Fault) {
        if case .keys(bytes) = finding { return published.keep() }
        published.publish(try JWKSet(parsing: bytes))
    }

    /// Milliseconds until the next fetch: after failures one second, and twice as much after each further one.
    private var pause: Int {
        let refresh = published.location.refreshMs
        return failures == 0 ? refresh : min(refresh, 1000 << min(failures - 1, 6))
    }

    private func log(_ found: Finding) {
        guard found != finding else { return }
        let url: Logger.Metadata = ["url": "\(published.location.url)"]
        switch found {
        case .nothing:
            break
        case .keys:
            logger.notice("fetched the keys of tokens", metadata: url)
        case .failure(let reason):
            let rest = published.set == nil ? "tokens cannot be checked" : "the last good ones stay"
            logger.warning("cannot fetch the keys of tokens: \(reason); \(rest)", metadata: url)
        }
    }
}
