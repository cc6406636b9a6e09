import Policies
import Upstreams

/// The phases of `apply` in the same order; each policy tells of itself, and nothing is counted. A new kind of policy
/// has one line in `explain` and one function.
extension PolicyChain {
    func explain(_ flow: inout ExplainedFlow?) -> [PolicyExplanation] {
        validation.map { $0.explain(&flow) } + explainGuards(&flow) + rewriting.map { $0.explain(&flow) }
            + trimming.map { $0.explain(&flow) } + headers.map { $0.explain(&flow) } + explainCaches(&flow)
            + explainPacing(&flow)
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

    /// The first enforced one that is for the request cuts its answer.
    private func explainPacing(_ flow: inout ExplainedFlow?) -> [PolicyExplanation] {
        var deciding: String?
        return pacing.map { entry in
            entry.explain(&flow) { explanation, flow in
                if let deciding {
                    return explanation.notMatched(["policy \(deciding.quoted) decides"])
                }
                guard flow.facts.isStream else {
                    return explanation.notMatched(["a whole answer is asked for, not a stream"])
                }
                guard !ResumeTicket.isWanted(flow.head) else {
                    return explanation.notMatched(["the client may come back for the rest of the stream"])
                }
                explanation.facts = entry.settings.facts
                explanation.change()
                if entry.isEnforced { deciding = entry.name }
            }
        }
    }

    /// Guards look at each text one after the other, so they are asked together.
    private func explainGuards(_ flow: inout ExplainedFlow?) -> [PolicyExplanation] {
        guard let present = flow else { return guards.map { $0.explain(&flow) { _, _ in } } }
        let asked = guards.filter { $0.applies(to: present.facts, listener: present.listener) }
        var look = RequestGuard(GuardSet(asked.map(\.settings)))
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

extension PolicyEntry<RequestValidator> {
    fileprivate func explain(_ flow: inout ExplainedFlow?) -> PolicyExplanation {
        explain(&flow) { explanation, flow in
            guard let written = flow.written else { return }
            do throws(Refusal) {
                try settings.validate(written)
            } catch {
                explanation.refuse(error)
            }
        }
    }
}

extension PolicyEntry<RewritePolicyConfiguration> {
    fileprivate func explain(_ flow: inout ExplainedFlow?) -> PolicyExplanation {
        explain(&flow) { explanation, flow in
            guard let text = settings.rewritten(flow.request.document.root, flow.values) else { return }
            do throws(APIError) {
                let rewritten = try flow.request.replacing(text, flow.parser)
                let changed = flow.request.document.root.differingMembers(rewritten.document.root)
                explanation.facts = [ExplainedFact("fields", changed.joined(separator: ", "))]
                explanation.change()
                if isEnforced { flow.request = rewritten }
            } catch {
                explanation.refuse(error)
            }
        }
    }
}

extension PolicyEntry<HeadersPolicyConfiguration> {
    /// The names alone: values show in what would be sent.
    fileprivate func explain(_ flow: inout ExplainedFlow?) -> PolicyExplanation {
        explain(&flow) { explanation, flow in
            let old = flow.request.fields
            let new = HeaderChange(settings, flow.values).requestFields(old, head: flow.head)
            guard new != old || settings.concernsAnswers else { return }
            let changed = new.filter { !old.contains($0) } + old.filter { !new.contains($0) }
            explanation.add("request_headers", Set(changed.map(\.name)).sorted())
            explanation.add("relays", settings.relay)
            explanation.add("sets_in_answers", settings.answer.set.map(\.name))
            explanation.add("removes_from_answers", settings.answer.remove)
            explanation.change()
            if isEnforced { flow.request = CompletionRequest(flow.request, fields: new) }
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
    /// Whether the answer would be shared, by which key, and what is there for it now, which nobody joins or uses.
    fileprivate func tell(_ flow: ExplainedFlow, _ explanation: inout PolicyExplanation) {
        explanation.facts = [
            ExplainedFact("scope", settings.scope.rawValue), ExplainedFact("ttl_ms", settings.timeToLiveMs),
        ]
        let plan = plan(
            flow.request, flow.facts, version: flow.asked.version(of: flow.request), directives: flow.directives)
        explanation.facts.append(ExplainedFact("shared", plan == nil ? "no" : "yes"))
        guard let plan else { return }
        explanation.change()
        let entry = flow.logs.look(plan.question.terms.key, now: flow.now)
        explanation.facts.append(ExplainedFact("key", plan.question.terms.key.hexadecimal))
        explanation.facts.append(ExplainedFact("entry", entry?.words ?? "none"))
        if case .ended(_, let age) = entry { explanation.facts.append(ExplainedFact("age_ms", age)) }
        let serves = entry.map { plan.question.accepts($0) } ?? false
        explanation.facts.append(ExplainedFact("would_serve", serves ? "yes" : "no"))
        if plan.isOnlyCached, !serves { explanation.refuse(.notCached) }
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
        if let moderation = settings.settings.moderation {
            explanation.facts.append(ExplainedFact("would_ask", moderation.upstream))
        }
        guard let finding else { return }
        if finding.redactions > 0 {
            explanation.facts.append(ExplainedFact("redactions", finding.redactions))
            explanation.change()
        }
        if let pattern = finding.pattern { explanation.facts.append(ExplainedFact("pattern", pattern)) }
        if let refusal = finding.refusal { explanation.refuse(refusal) }
    }
}

extension LogStore.Entry {
    fileprivate var words: String {
        switch self {
        case .live: "being written"
        case .ended(let end, _): end.isCompleted ? "whole" : "failed"
        }
    }
}

extension PaceSettings {
    fileprivate var facts: [ExplainedFact] {
        var facts = [ExplainedFact("unit", unit.rawValue)]
        if minCharacters > 1, minCharacters < Int.max { facts.append(ExplainedFact("min_chars", minCharacters)) }
        if maxDelay > 0 { facts.append(ExplainedFact("max_delay_ms", Int(maxDelay / 1_000_000))) }
        if let rate { facts.append(ExplainedFact("rate", rate)) }
        return facts
    }
}

extension PolicyExplanation {
    /// A list of names, if there are any.
    fileprivate mutating func add(_ fact: StaticString, _ names: [String]) {
        if !names.isEmpty { facts.append(ExplainedFact(fact, names.joined(separator: ", "))) }
    }
}

extension JSONValue {
    /// Names of the members that only one of two objects has, or that are not written alike; sorted.
    fileprivate func differingMembers(_ other: JSONValue) -> [String] {
        func texts(_ object: JSONValue) -> [String: [UInt8]] {
            Dictionary(object.members.map { ($0.key, $0.value.withSource { $0.copy() }) }) { $1 }
        }
        let (old, new) = (texts(self), texts(other))
        return Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
    }
}
