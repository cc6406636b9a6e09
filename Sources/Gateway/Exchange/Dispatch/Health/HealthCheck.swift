import Upstreams

/// Asks one provider now and then whether it answers, and takes it out of use while it does not.
///
/// Any answer below 500 will do, since it is the provider who gives it. States: waiting → asking → waiting …; ends with
/// the last reference. Belongs to the loop of one worker of the process.
final class HealthCheck {
    private let settings: HealthCheckConfiguration
    private let transport: any HTTPTransport
    private let fields: [HTTPField]
    private let health: UpstreamHealth
    private let loop: EventLoop
    private let didChange: (_ failure: String?) -> Void
    private var timer: (any ReactorTimer)?
    private var call: WholeCall?
    private var failures = 0

    /// Bytes of an answer that are taken.
    private static let maxBytes = 4 << 20

    /// Asks at once. Must be made on the loop's thread.
    ///
    /// - Parameters:
    ///   - fields: beyond those of the transport.
    ///   - didChange: hears when the provider is taken out of use, with the reason, and when it is back, without one.
    init(
        _ settings: HealthCheckConfiguration, over transport: any HTTPTransport, fields: [HTTPField],
        health: UpstreamHealth, loop: EventLoop, didChange: @escaping (_ failure: String?) -> Void
    ) {
        self.settings = settings
        self.transport = transport
        self.fields = fields
        self.health = health
        self.loop = loop
        self.didChange = didChange
        timer = loop.timer { [unowned self] in ask() }
        ask()
    }

    /// Nobody looks after the provider any more: it is in use, whatever was found.
    func end() {
        call?.cancel()
        call = nil
        timer?.cancel()
        health.note(.unchecked, at: WallClock.seconds)
    }

    private func ask() {
        var request = TransportRequest(path: settings.path, fields: fields, body: ByteBuffer())
        request.method = .get
        call = WholeCall(
            request, over: transport, maxBytes: Self.maxBytes, timeout: settings.timeoutMs, reactor: loop
        ) { [unowned self] result in
            call = nil
            note(Self.failure(result))
            timer?.arm(milliseconds: settings.intervalMs)
        }
    }

    /// What is wrong with an answer; nil: nothing.
    private static func failure(_ result: Result<WholeCall.Answer, WholeCall.Failure>) -> String? {
        switch result {
        case .success(let answer): answer.head.status < 500 ? nil : "status \(answer.head.status)"
        case .failure(.tooLarge): nil
        case .failure(.timeout): "no answer in time"
        case .failure(.transport(let failure)): "\(failure)"
        }
    }

    private func note(_ failure: String?) {
        failures = failure == nil ? 0 : failures + 1
        let wasAway = health.isAway
        let isAway = failures >= settings.failures
        health.note(isAway ? .away : .up, failures: failures, failure, at: WallClock.seconds)
        if isAway != wasAway { didChange(failure) }
    }
}
