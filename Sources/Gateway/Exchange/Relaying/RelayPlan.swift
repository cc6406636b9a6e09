import Policies
import Upstreams

/// Who is asked for what is relayed: the targets of a model and of its fallbacks, or the upstream that keeps it.
struct RelayPlan {
    private var targets: DispatchPlan?
    private var only: Candidate?

    init(_ question: RelayQuestion, _ service: Service, _ runtime: Runtime) {
        if let route = question.route {
            targets = DispatchPlan(route, question.request, service, runtime)
        } else {
            only = question.store.map { Candidate(destination: $0, model: "") }
        }
    }

    /// The next one to ask after such a failure; nil: nobody is left.
    mutating func next(after kind: FailureKind?) -> Candidate? {
        guard let only else { return targets?.nextCandidate(after: kind) }
        self.only = nil
        return only
    }

    func hasNext(after kind: FailureKind) -> Bool { targets?.hasNext(after: kind) ?? false }
}
