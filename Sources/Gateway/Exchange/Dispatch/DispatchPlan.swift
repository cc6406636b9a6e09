import Policies

/// Who is asked for an answer, in which order: the targets of the model, drawn by weight, then those of its fallbacks.
struct DispatchPlan {
    private let candidates: [Candidate]
    private var next = 0

    init(_ route: ModelTable.Route, _ runtime: Runtime, random: () -> UInt64) {
        var candidates = Self.drawn(route, runtime, random)
        for name in route.fallbacks {
            guard let fallback = runtime.models.route(name) else { continue }
            candidates += Self.drawn(fallback, runtime, random, model: name)
        }
        self.candidates = candidates
    }

    /// The targets of a route in an order drawn by weight. `model`: for targets that name no model of their own.
    private static func drawn(
        _ route: ModelTable.Route, _ runtime: Runtime, _ random: () -> UInt64, model: String? = nil
    ) -> [Candidate] {
        let series = runtime.series[route.index].targets
        let first = route.choice.pick(random())
        let others = route.targets.indices.filter { $0 != first && route.targets[$0].weight > 0 }
        return ([first] + others).map {
            Candidate(target: route.targets[$0], series: series[$0], model: route.targets[$0].model ?? model)
        }
    }

    /// The next one to ask; nil: all were asked.
    mutating func nextCandidate() -> Candidate? {
        guard next < candidates.count else { return nil }
        next += 1
        return candidates[next - 1]
    }

    /// Whether anyone is left to ask.
    var hasNext: Bool { next < candidates.count }

    /// How a stream that broke off at `failed` may be mended, in order of the model's wishes.
    func recovery(_ ways: [MidStreamStrategy], after failed: Candidate) -> [RecoveryStep] {
        let others = candidates.filter { $0.target.upstream != failed.target.upstream || $0.model != failed.model }
        var steps: [RecoveryStep] = []
        for way in ways {
            switch way {
            case .splice: steps += ([failed] + others).map { RecoveryStep(way: .splice, candidate: $0) }
            case .continue:
                steps += ([failed] + others).filter(\.target.prefill).map {
                    RecoveryStep(way: .continue, candidate: $0)
                }
            case .buffer: break
            case .fail: return steps
            }
        }
        return steps
    }
}
