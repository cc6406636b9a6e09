import Policies
import Upstreams

/// One guard's question to its moderation about one request.
///
/// States: asking → decided or cancelled. Its decision is counted once. In shadow mode nobody waits for it: it lives on
/// until it is decided, by whatever happens to the request in the meantime.
final class Moderation {
    /// Set when it is decided: why the request is refused, if it is.
    private(set) var decision: Result<Void, Refusal>?
    let policy: PolicyEntry<GuardPolicy>
    private let settings: ModerationConfiguration
    private var call: ModerationCall?
    /// Whose line of the access log tells the decision, if it comes before that is written.
    private weak let exchange: Exchange?

    /// Asks. `wakeup` is woken when the decision is there.
    init(
        _ policy: PolicyEntry<GuardPolicy>, _ settings: ModerationConfiguration, _ question: ModerationQuestion,
        of request: CompletionRequest, _ exchange: Exchange, waking wakeup: Wakeup
    ) {
        self.policy = policy
        self.settings = settings
        self.exchange = exchange
        guard let upstream = exchange.runtime.upstream(settings.upstream) as? OpenAIUpstream else {
            preconditionFailure("a moderation names no upstream that has one")
        }
        let parser = exchange.service.parser
        call = upstream.moderate(
            question.body(model: settings.model), of: request, timeout: settings.timeoutMs
        ) { [self] answer in
            call = nil
            decide(
                ModerationVerdict(
                    answer, inputs: question.texts.count, thresholds: settings.thresholds, parser))
            wakeup.wake()
        }
        if call == nil { decide(.unknown) }
    }

    /// Whether the request waits for the decision.
    var isAwaited: Bool { policy.isEnforced && decision == nil }

    /// The request goes no further.
    func cancel() {
        call?.cancel()
        call = nil
    }

    private func decide(_ verdict: ModerationVerdict) {
        switch (verdict, settings.onFailure) {
        case (.allowed, _):
            note(.pass)
            decision = .success(())
        case (.unknown, .open):
            note(.warn)
            decision = .success(())
        case (.flagged, _):
            note(.refuse)
            decision = .failure(
                Refusal(.invalid(code: GuardPolicy.code), settings.message, param: "messages"))
        case (.unknown, .closed):
            note(.refuse)
            decision = .failure(
                Refusal(
                    .overloaded, "The content of the request could not be checked; try again.", retryAfter: 1000))
        }
    }

    private func note(_ verdict: PolicyVerdict) {
        guard let exchange else { return policy.series.values.count(verdict) }
        policy.note(verdict, &exchange.entry.decisions)
    }
}
