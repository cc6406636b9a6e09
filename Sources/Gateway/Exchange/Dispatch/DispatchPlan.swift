import Policies
import Upstreams

/// Who is asked for an answer, in which order: the targets of the model, then those of its fallbacks, as far as a fallback
/// is meant for the failure at hand.
struct DispatchPlan {
    private let asked: RequestedRoute
    private let request: CompletionRequest
    private let service: Service
    private let runtime: Runtime
    private var candidates: [Candidate]
    private var next = 0
    /// Fallbacks that have not been asked.
    private var rules: [FallbackRule]
    /// Why the last one failed that was asked.
    private var failure: FailureKind?
    /// Tokens that the model whose targets are asked takes.
    private var contextTokens: Int?
    /// Another model than the one that was asked for has its turn.
    private(set) var isFallback = false

    init(_ asked: RequestedRoute, _ request: CompletionRequest, _ service: Service, _ runtime: Runtime) {
        self.asked = asked
        self.request = request
        self.service = service
        self.runtime = runtime
        candidates = runtime.group(asked.route).ordered(request, user: asked.user, model: asked.model, service)
        rules =
            asked.alternatives.isEmpty
            ? asked.route.fallbacks : asked.alternatives.map { FallbackRule($0) } + asked.route.fallbacks
        contextTokens = asked.route.contextTokens
    }

    /// The next one to ask after such a failure; nil: nobody is left. Nil as `kind`: the one before could not be asked.
    mutating func nextCandidate(after kind: FailureKind?) -> Candidate? {
        if let kind { failure = kind }
        if kind?.isTheTargetsOwn ?? true, next < candidates.count {
            next += 1
            return candidates[next - 1]
        }
        guard let place = nextRule(after: failure ?? .overloaded) else { return nil }
        let rule = rules.remove(at: place)
        guard let route = runtime.models.route(rule.model) else { return nextCandidate(after: kind) }
        candidates = runtime.group(route).ordered(request, user: asked.user, model: rule.model, service)
        contextTokens = route.contextTokens
        isFallback = true
        next = 0
        return nextCandidate(after: nil)
    }

    /// Whether anyone is left to ask after such a failure.
    func hasNext(after kind: FailureKind) -> Bool {
        kind.isTheTargetsOwn && next < candidates.count || nextRule(after: kind) != nil
    }

    private func nextRule(after kind: FailureKind) -> Int? {
        rules.firstIndex { rule in
            rule.applies(
                after: kind, contextTokens: runtime.models.route(rule.model)?.contextTokens,
                failedContextTokens: contextTokens)
        }
    }

    /// How a stream that broke off at `failed` may be mended, in order of the model's wishes; nil: nobody knows where.
    func recovery(_ ways: [MidStreamStrategy], after failed: Candidate?) -> [RecoveryStep] {
        let others = everyone().filter { $0.destination !== failed?.destination || $0.model != failed?.model }
        let all = (failed.map { [$0] } ?? []) + others
        var steps: [RecoveryStep] = []
        for way in ways {
            switch way {
            case .splice: steps += all.map { RecoveryStep(way: .splice, candidate: $0) }
            case .continue:
                steps += all.filter(\.destination.prefill).map {
                    RecoveryStep(way: .continue, candidate: $0)
                }
            case .buffer: break
            case .fail: return steps
            }
        }
        return steps
    }

    /// All targets of the model and of the fallbacks that are meant for broken streams.
    private func everyone() -> [Candidate] {
        func ordered(_ route: ModelTable.Route, _ model: String) -> [Candidate] {
            runtime.group(route).ordered(request, user: asked.user, model: model, service)
        }
        let names = asked.alternatives.map { FallbackRule($0) } + asked.route.fallbacks
        let meant = names.filter { $0.applies(after: .truncated, contextTokens: nil, failedContextTokens: nil) }
        return meant.reduce(ordered(asked.route, asked.model)) { all, rule in
            all + (runtime.models.route(rule.model).map { ordered($0, rule.model) } ?? [])
        }
    }
}
