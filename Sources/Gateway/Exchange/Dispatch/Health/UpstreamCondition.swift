import Policies
import Upstreams

/// How one upstream is at one moment, for all workers.
struct UpstreamCondition {
    enum State: String {
        case healthy
        /// Calls are made, but some target's breaker is not closed, or a key rests.
        case degraded
        /// No call is made: its health check failed, no target's breaker lets calls pass, or all keys were told to rest.
        case unhealthy
    }

    let name: String
    let kind: String
    /// Nil: nobody looks whether it answers.
    let check: UpstreamHealth.CheckFindings?
    let inFlight: Int
    /// Nil: any number.
    let maxInFlight: Int?
    let queued: Int
    let keys: [KeyCondition]
    let targets: [(model: String?, condition: TargetCondition)]

    /// `models`: what targets call models there; nil: as clients do. `now`: milliseconds.
    init(_ upstream: UpstreamConfiguration, models: [String?], _ table: HealthTable, at now: Int) {
        name = upstream.name
        kind = upstream.kind.name
        let (health, calls) = (table.upstream(upstream.name), upstream.kind.calls)
        check = upstream.kind.http?.healthCheck.map { _ in health.findings }
        let shown = upstream.kind.shownKeys
        keys = zip(shown, health.rests(of: shown.count, at: now)).map { KeyCondition($0, rest: $1) }
        targets = models.map { model in
            let target = table.target(HealthTable.TargetName(upstream: upstream.name, model: model ?? "other"))
            return (model, target.condition(at: now, calls.breaker))
        }
        // What is called without a place, as echoes are, is counted by its targets alone.
        inFlight = max(health.places.current, targets.reduce(0) { $0 + $1.condition.inFlight })
        maxInFlight = calls.maxInFlight == .max ? nil : calls.maxInFlight
        queued = health.places.waiting
    }

    var state: State {
        let open = targets.count { $0.condition.breaker == .open }
        let resting = keys.compactMap(\.rest)
        if check?.state == .away || !targets.isEmpty && open == targets.count { return .unhealthy }
        if !keys.isEmpty, resting.count(where: \.isAsked) == keys.count { return .unhealthy }
        let isSound = targets.allSatisfy { $0.condition.breaker == .closed || $0.condition.breaker == .off }
        return isSound && resting.isEmpty ? .healthy : .degraded
    }

    func write(to writer: inout JSONWriter, _ clock: MomentInTime) {
        writer.member("name", name)
        writer.member("kind", kind)
        writer.member("state", state.rawValue)
        if let check { writer.object("check") { write(check, to: &$0) } } else { writer.member("check", String?.none) }
        writer.member("in_flight", inFlight)
        writer.member("max_in_flight", maxInFlight)
        writer.member("queued", queued)
        writer.array("keys") { list in
            for key in keys { list.object { key.write(to: &$0, clock) } }
        }
        writer.array("targets") { list in
            for target in targets { list.object { target.condition.write(to: &$0, model: target.model, clock) } }
        }
    }

    private func write(_ check: UpstreamHealth.CheckFindings, to writer: inout JSONWriter) {
        writer.member("state", check.state.label)
        writer.member("since", check.state == .unchecked ? nil : check.since)
        writer.member("consecutive_failures", check.failures)
        writer.member("failure", check.failure)
    }
}

extension UpstreamHealth.CheckState {
    fileprivate var label: String {
        switch self {
        case .unchecked: "unknown"
        case .up: "healthy"
        case .away: "unhealthy"
        }
    }
}

extension UpstreamConfiguration.Kind {
    /// As the configuration names it.
    fileprivate var name: String {
        switch self {
        case .openai: "openai"
        case .anthropic: "anthropic"
        case .gemini: "gemini"
        case .bedrock: "bedrock"
        case .httpTask: "http_task"
        case .command: "command"
        case .echo: "echo"
        case .magi: "magi"
        }
    }

    /// What is rested after refusals; nil: the provider is shown no key. Callers' own keys are not among them.
    fileprivate var shownKeys: [Secret?] {
        guard let http else { return [] }
        guard http.keys.isEmpty else { return http.keys }
        return switch http.credential {
        case .key(let key): [key]
        case .none: [nil]
        case .client: []
        }
    }
}
