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

    /// Puts what was used in the place of what was reserved; `source`: nil if nothing was asked.
    func settle(_ source: CompletionLog?) {
        guard let admission else { return }
        if let usage = source?.usage {
            admission.reconcile(promptTokens: usage.promptTokens, completionTokens: usage.completionTokens)
        } else if let source, source.hasContent {
            admission.reconcile(promptTokens: promptTokens, completionTokens: source.eventsAppended)
        } else {
            admission.refund(.tokens)
        }
        admission.release()
    }

    /// What looks at the answer; nil if no policy does.
    func makeGuard(_ policies: PolicyChain, _ parser: JSONParser) -> AnswerGuard? {
        facts.flatMap { policies.answerGuard(for: $0, listener: listener, parser: parser) }
    }
}
