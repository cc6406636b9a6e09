import Policies
import Upstreams

/// A target made ready for one worker: whom to call, on which terms, and how it fares.
///
/// Made once per configuration. Knows whether a call may be made now; never makes one.
final class Destination {
    /// The gateway's model whose target it is.
    let route: String
    let upstream: String
    /// The model's name there; nil: as the client wrote it.
    let model: String?
    let weight: Int
    let prefill: Bool
    let adapter: any Upstream
    private let makeSeries: (ModelOperation) -> MetricSeries<UpstreamKey>
    /// The figures of chats.
    private let series: MetricSeries<UpstreamKey>
    /// Counts bytes that are sent; made once for all calls.
    private let didSend: (Int) -> Void
    let health: TargetHealth
    let provider: UpstreamHealth
    let calls: CallRulesConfiguration
    let timeouts: CallTimeouts
    /// Milliseconds between two looks at whether the provider answers; 0: nobody looks.
    private let checkInterval: Int
    /// Fields that show one key each; empty: the adapter shows what there is.
    let keys: [HTTPField]
    /// Whether the provider sees a key of the gateway's own, or none.
    let hasOwnKeys: Bool
    /// What its tokens cost; nil: unknown.
    let price: TokenPrice?
    /// Names it for hashing.
    let hash: UInt64

    /// What was taken for one call.
    struct Pass {
        let slot: InFlight.Slot?
        let key: Int
        /// Its end decides whether the target is back.
        let isProbe: Bool
    }

    enum Admission {
        case admitted(Pass)
        /// As many calls are on their way as are allowed.
        case full
        /// The breaker is open; milliseconds until it is worth asking again.
        case broken(retryAfter: Int)
        /// All keys rest; `guessed` is one that nobody asked to rest.
        case resting(milliseconds: Int, guessed: Int?)
    }

    /// `target` and `model`: nil for what belongs to no model.
    init(
        _ target: ModelTarget?, of model: ModelTable.Route?, _ upstream: UpstreamConfiguration, _ adapter: any Upstream,
        _ table: HealthTable, series: @escaping (ModelOperation) -> MetricSeries<UpstreamKey>
    ) {
        route = model?.name ?? "none"
        self.upstream = upstream.name
        self.model = target?.model
        weight = target?.weight ?? 1
        prefill = target?.prefill ?? false
        self.adapter = adapter
        makeSeries = series
        let chats = series(.chat)
        self.series = chats
        didSend = { chats.values.bytesSent += $0 }
        let label = target == nil ? "none" : target?.model ?? "other"
        health = table.target(HealthTable.TargetName(upstream: upstream.name, model: label))
        provider = table.upstream(upstream.name)
        let http = upstream.kind.http
        calls = upstream.kind.calls
        checkInterval = http?.healthCheck?.intervalMs ?? 0
        var timeouts = CallTimeouts(upstream.kind)
        timeouts = model?.timeouts?.apply(to: timeouts) ?? timeouts
        self.timeouts = target?.timeouts?.apply(to: timeouts) ?? timeouts
        keys = http.map { http in http.keys.map { http.keyHeader.field($0.exposed) } } ?? []
        if case .client = http?.credential { hasOwnKeys = false } else { hasOwnKeys = true }
        price = target?.price ?? model?.price
        // There from the start, so that a priced target nobody has called yet counts 0.
        if price != nil { self.series.values.cost(0) }
        hash = Rendezvous.hash("\(upstream.name)/\(target?.model ?? "")".utf8)
    }

    var keyCount: Int { max(1, keys.count) }

    /// The figures of calls for this.
    func series(_ operation: ModelOperation) -> MetricSeries<UpstreamKey> {
        operation == .chat ? series : makeSeries(operation)
    }

    private var isLimited: Bool { calls.maxInFlight != .max }

    // MARK: Admission

    /// Takes what a call needs. `key`: this one, whether it rests or not; `slot`: a place that was taken already.
    func admit(at now: Int, key: Int? = nil, slot: InFlight.Slot? = nil) -> Admission {
        if provider.isAway { return .broken(retryAfter: checkInterval) }
        let chosen: Int
        switch key.map({ .key($0) }) ?? provider.pickKey(of: keyCount, at: now) {
        case .key(let key): chosen = key
        case .resting(let milliseconds, let guessed): return .resting(milliseconds: milliseconds, guessed: guessed)
        }
        let slot = slot ?? (isLimited ? provider.places.take(atMost: calls.maxInFlight) : nil)
        if isLimited, slot == nil { return .full }
        switch health.admit(at: now, calls.breaker) {
        case .call: return .admitted(Pass(slot: slot, key: chosen, isProbe: false))
        case .probe: return .admitted(Pass(slot: slot, key: chosen, isProbe: true))
        case .refused(let wait): return .broken(retryAfter: wait)
        }
    }

    func terms(_ pass: Pass, model: String, _ timeouts: CallTimeouts) -> CallTerms {
        var terms = CallTerms(
            model: model, timeouts: timeouts, key: keys.indices.contains(pass.key) ? keys[pass.key] : nil,
            slot: pass.slot)
        terms.didSend = didSend
        return terms
    }

    /// Whether a call may be made as far as is known.
    func isUsable(at now: Int) -> Bool { !provider.isAway && !health.isOpen(at: now) }

    /// Whether a key is there that does not rest.
    func hasKey(at now: Int) -> Bool { provider.hasKey(of: keyCount, at: now) }

    /// A call has ended, well or not: what that says of the target.
    func judge(_ error: UpstreamError?, _ kind: FailureKind?, _ key: Int, wasProbe: Bool, at now: Int) {
        guard let error, let kind else {
            return health.succeeded(wasProbe: wasProbe, isWhole: true, at: now, calls.breaker)
        }
        if kind.tripsBreaker, !error.isRefusal {
            // A probe that had content has done its work: what it meets later counts like any failure.
            health.failed(wasProbe: wasProbe, at: now, calls.breaker)
        } else {
            health.succeeded(wasProbe: wasProbe, isWhole: true, at: now, calls.breaker)
        }
        if kind.isTheKeys { rest(key, after: error, at: now) }
    }

    /// The key was refused: others are shown for a while.
    private func rest(_ key: Int, after error: UpstreamError, at now: Int) {
        guard hasOwnKeys, calls.cooldownMs > 0 else { return }
        provider.rest(
            key, of: keyCount, milliseconds: error.retryAfter ?? calls.cooldownMs, isAsked: error.retryAfter != nil,
            at: now)
    }

    // MARK: Choice

    func figures(at now: Int, _ balance: Balance) -> TargetFigures {
        TargetFigures(
            weight: weight, inFlight: health.inFlight, latency: balance == .latency ? health.latency(at: now) : 0,
            price: price.map { $0.input + $0.output }, name: hash)
    }
}

extension CallTimeouts {
    fileprivate init(_ kind: UpstreamConfiguration.Kind) {
        self.init()
        if case .command(let settings) = kind { total = settings.timeoutMs }
        guard let timeouts = kind.http?.timeouts else { return }
        (connect, firstEvent) = (timeouts.connectMs, timeouts.firstEventMs)
        (idle, total) = (timeouts.idleMs, timeouts.totalMs)
    }
}
