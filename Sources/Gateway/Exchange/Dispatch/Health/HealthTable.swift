import Synchronization
import Upstreams

/// How all upstreams and targets of the process are, by name: the same objects for the same names, over reloads too.
/// Asked when a configuration is made ready, never per request.
final class HealthTable: Sendable {
    struct TargetName: Hashable, Sendable {
        let upstream: String
        /// As a metric's label has it.
        let model: String
    }

    private struct Known {
        var upstreams: [String: UpstreamHealth] = [:]
        var targets: [TargetName: TargetHealth] = [:]
        /// By model.
        var turns: [String: RouteTurns] = [:]
    }

    private let known = Mutex(Known())

    func upstream(_ name: String) -> UpstreamHealth { findOrAdd(name, \.upstreams) { UpstreamHealth() } }

    func target(_ name: TargetName) -> TargetHealth { findOrAdd(name, \.targets) { TargetHealth() } }

    func turns(_ model: String) -> RouteTurns { findOrAdd(model, \.turns) { RouteTurns() } }

    private func findOrAdd<Name, Object: Sendable>(
        _ name: Name, _ table: WritableKeyPath<Known, [Name: Object]>, _ make: () -> Object
    ) -> Object {
        known.withLock { known in
            if let found = known[keyPath: table][name] { return found }
            let fresh = make()
            known[keyPath: table][name] = fresh
            return fresh
        }
    }

    /// All targets, in no order.
    var targets: [(name: TargetName, health: TargetHealth)] {
        known.withLock { known in known.targets.map { ($0.key, $0.value) } }
    }

    var figures: HealthFigures {
        known.withLock { known in
            HealthFigures(
                breakers: known.targets.map { ($0.key, $0.value.state) },
                queues: known.upstreams.map { ($0.key, $0.value.places.waiting) },
                checks: known.upstreams.map { ($0.key, $0.value.checkState) })
        }
    }
}

/// How upstreams and targets are at one moment, for the metrics.
struct HealthFigures: Sendable {
    var breakers: [(HealthTable.TargetName, TargetHealth.BreakerState)] = []
    /// Requests that wait for a place, by upstream.
    var queues: [(String, Int)] = []
    /// What health checks found, by upstream.
    var checks: [(String, UpstreamHealth.CheckState)] = []

    func emit(into page: inout MetricSamples) {
        for (target, state) in breakers {
            page.add(.upstreamBreaker, [target.upstream, target.model], state.rawValue)
        }
        for (upstream, waiting) in queues { page.add(.upstreamQueued, [upstream], waiting) }
        for (upstream, state) in checks where state != .unchecked {
            page.add(.upstreamUp, [upstream], state == .up ? 1 : 0)
        }
    }
}

/// What requests for one model take turns in, over all workers.
final class RouteTurns: Sendable {
    let hedges = SharedBudget()
    private let count = Atomic<Int>(0)

    /// Counts from 0.
    func next() -> Int { count.add(1, ordering: .relaxed).oldValue & .max }
}
