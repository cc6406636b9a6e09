import Upstreams

/// An upstream that is a panel: a model of the gateway writes code, others review it, and the first writes again until
/// the panel approves (docs/magi.md).
///
/// Owns its settings. Calls nobody itself: each run is a `MagiCall`, by the service that it is bound to.
final class MagiUpstream: Upstream {
    private let settings: MagiUpstreamConfiguration
    private weak var service: Service?
    private weak var runtime: Runtime?

    init(_ settings: MagiUpstreamConfiguration) { self.settings = settings }

    /// From now on it asks the models of `runtime`, which owns it.
    func bind(_ service: Service, _ runtime: Runtime) {
        self.service = service
        self.runtime = runtime
    }

    func start(_ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink) -> any CompletionCall {
        guard let service, let runtime else { preconditionFailure("a panel that is asked before it is bound") }
        let call = MagiCall(settings, request, model: terms.model, service, runtime, sink)
        service.loop.atEndOfTurn(call)
        return call
    }
}
