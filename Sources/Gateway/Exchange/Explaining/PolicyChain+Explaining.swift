import Policies
import Upstreams

/// The phases of `apply` in the same order; each policy tells of itself, and nothing is counted. A new kind of policy
/// has one line in `explain` and one function.
extension PolicyChain {
    func explain(_ flow: inout ExplainedFlow?) -> [PolicyExplanation] {
        validation.map { $0.explain(&flow) } + explainGuards(&flow) + trimming.map { $0.explain(&flow) }
            + explainCaches(&flow)
    }

    /// The first that is for the request decides alone.
    private func explainCaches(_ flow: inout ExplainedFlow?) -> [PolicyExplanation] {
        var deciding: String?
        return caches.map { entry in
            entry.explain(&flow) { explanation, flow in
                guard deciding == nil else {
                    return explanation.notMatched(["policy \(deciding?.quoted ?? "") decides"])
                }
                deciding = entry.name
                entry.tell(flow, &explanation)
            }
        }
    }

    /// Guards look at each text one after the other, so they are asked together.
    private func explainGuards(_ flow: inout ExplainedFlow?) -> [PolicyExplanation] {
        guard let present = flow else { return guards.map { $0.explain(&flow) { _, _ in } } }
        var look = RequestGuard(
            guards.filter { $0.applies(to: present.facts, listener: present.listener) }.map(\.settings))
        let outcome = look.apply(to: present.request.document.root)
        var isOver = false
        let explanations = guards.map { entry in
            entry.explain(&flow) { explanation, flow in
                let findings = isOver ? entry.findings(in: flow.request) : look.findings
                entry.tell(findings.first { $0.policy.name == entry.name }, &explanation)
                isOver = isOver || explanation.verdict == .refused
            }
        }
        switch consume outcome {
        case .unchanged: break
        case .refused: break
        case .rewritten(let text):
            do {
                flow?.request = try present.request.replacing(text, present.parser)
            } catch {
                flow?.refuse(error)
            }
        }
        return explanations
    }
}

extension PolicyEntry {
    /// What the policy says: why it is not for the request, or what `body` finds.
    fileprivate func explain(
        _ flow: inout ExplainedFlow?, _ body: (inout PolicyExplanation, inout ExplainedFlow) -> Void
    ) -> PolicyExplanation {
        var explanation = PolicyExplanation(name: name, kind: kind, isShadow: !isEnforced)
        guard var present = flow else {
            explanation.notReached()
            return explanation
        }
        let mismatches = mismatches(present.facts, listener: present.listener)
        guard mismatches.isEmpty else {
            explanation.notMatched(mismatches)
            return explanation
        }
        explanation.isReached = present.refusal == nil
        body(&explanation, &present)
        if isEnforced, let refusal = explanation.refusal { present.refuse(refusal) }
        flow = present
        return explanation
    }
}

extension PolicyEntry<ValidationSettings> {
    fileprivate func explain(_ flow: inout ExplainedFlow?) -> PolicyExplanation {
        explain(&flow) { explanation, flow in
            do throws(Refusal) {
                try RequestValidator.validate(flow.request.document.root, endpoint: .chat, settings: settings)
            } catch {
                explanation.refuse(error)
            }
        }
    }
}

extension PolicyEntry<HistoryTrimmer> {
    fileprivate func explain(_ flow: inout ExplainedFlow?) -> PolicyExplanation {
        explain(&flow) { explanation, flow in
            do throws(Refusal) {
                let trimmed = try settings.trim(flow.request, contextTokens: flow.route.contextTokens)
                guard let trimmed else { return }
                explanation.facts = [
                    ExplainedFact("dropped_messages", trimmed.droppedMessages),
                    ExplainedFact("dropped_tokens", trimmed.droppedTokens),
                ]
                explanation.change()
                if isEnforced { flow.request = trimmed.request }
            } catch {
                explanation.refuse(error)
            }
        }
    }
}

extension PolicyEntry<CachePolicyConfiguration> {
    /// Whether the answer would be shared. Whether one is kept is not looked up.
    fileprivate func tell(_ flow: ExplainedFlow, _ explanation: inout PolicyExplanation) {
        explanation.facts = [
            ExplainedFact("scope", settings.scope.rawValue), ExplainedFact("ttl_ms", settings.timeToLiveMs),
        ]
        let isShared =
            plan(flow.request, flow.facts, version: flow.route.version, directives: flow.directives) != nil
        explanation.facts.append(ExplainedFact("shared", isShared ? "yes" : "no"))
        if isShared { explanation.change() }
    }
}

extension PolicyEntry<GuardPolicy> {
    /// What it would find alone, after another has ended the look.
    fileprivate func findings(in request: CompletionRequest) -> [GuardFinding] {
        var look = RequestGuard([settings])
        _ = look.apply(to: request.document.root)
        return look.findings
    }

    /// What was found in the request. Answers cannot be foreseen.
    fileprivate func tell(_ finding: GuardFinding?, _ explanation: inout PolicyExplanation) {
        let sides = settings.settings.sides.map(\.rawValue).joined(separator: ", ")
        explanation.facts = [ExplainedFact("looks_at", sides)]
        guard let finding else { return }
        if finding.redactions > 0 {
            explanation.facts.append(ExplainedFact("redactions", finding.redactions))
            explanation.change()
        }
        if let pattern = finding.pattern { explanation.facts.append(ExplainedFact("pattern", pattern)) }
        if let refusal = finding.refusal { explanation.refuse(refusal) }
    }
}
