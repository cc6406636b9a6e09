import Policies
import Upstreams

/// What the policies have let a task have: taken over from the request that asked for it, and settled at the task's end.
struct TaskGrant {
    /// Nil: no limit counts it.
    let admission: Admission?
    /// Estimated tokens of the prompt, for answers that do not tell their usage.
    let promptTokens: Int
    /// Nil: no policy wants to know.
    let facts: RequestFacts?
    /// By which the request came.
    let listener: String
    let identity: Identity
    /// What the access log tells of the request.
    let line: AccessLogEntry

    /// Puts what was used in the place of what was reserved; `source`: nil if nothing was asked; `cost`: nano-dollars of
    /// the answer; nil: unknown.
    func settle(_ source: CompletionLog?, cost: Int?) {
        guard let admission else { return }
        if let usage = source?.usage {
            admission.reconcile(TokenUse(usage, cost: cost))
        } else if let source, source.hasContent {
            admission.reconcile(TokenUse(input: promptTokens, output: source.eventsAppended, nanodollars: cost))
        } else {
            admission.refund(.tokens)
        }
        admission.release()
    }

    /// Somebody else settles it: nothing but places is given back.
    func leave() {
        admission?.keep()
        admission?.release()
    }

    /// Nothing came of it.
    func refund() { admission?.refund(.everything) }

    /// What looks at the answer; nil if no policy does.
    func makeGuard(_ policies: PolicyChain, _ parser: JSONParser) -> AnswerGuard? {
        guard let facts, let guards = policies.answerGuards(for: facts, listener: listener) else { return nil }
        return AnswerGuard(guards, parser: parser)
    }
}
