import Policies
import Upstreams

/// The questions of all guards about one request, asked at the same time.
struct Moderations {
    private let asked: [Moderation]

    /// Asks for all guards that have a moderation; a request without text of a user is not asked about.
    init(
        _ policies: [PolicyEntry<GuardPolicy>], of request: CompletionRequest, _ exchange: Exchange,
        waking wakeup: Wakeup
    ) {
        var asked: [Moderation] = []
        var question: ModerationQuestion?
        for policy in policies {
            guard let settings = policy.settings.settings.moderation else { continue }
            let texts = question ?? ModerationQuestion(request.document.root)
            question = texts
            if texts.texts.isEmpty {
                policy.note(.pass, &exchange.entry.decisions)
            } else {
                asked.append(Moderation(policy, settings, texts, of: request, exchange, waking: wakeup))
            }
        }
        self.asked = asked
    }

    /// Waits for those that are enforced, until one refuses or `isInterrupted`; the others need not answer then.
    func pass(waking wakeup: Wakeup, _ isInterrupted: () -> Bool) async throws(APIError) {
        while !isInterrupted() {
            for moderation in asked where moderation.policy.isEnforced {
                guard case .failure(let refusal) = moderation.decision else { continue }
                cancel()
                throw APIError(refusal, policy: moderation.policy.name)
            }
            guard asked.contains(where: \.isAwaited) else { return }
            await wakeup.wait()
        }
        cancel()
    }

    private func cancel() {
        for moderation in asked where moderation.isAwaited { moderation.cancel() }
    }
}
