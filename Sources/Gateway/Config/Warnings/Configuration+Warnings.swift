import Policies

/// What is legal in a configuration and yet can never act, or acts otherwise than it seems. It is told at the start, at
/// each reload and by `sluice check`, and does not keep the configuration from being used.
///
/// Only what is certain from the configuration alone is told: what tokens, keys files and operators may bring counts as
/// there.
extension Configuration {
    func warn(_ r: ConfigReader) {
        let names = ModelNames(self)
        warnOfModels(r, names)
        warnOfKeys(r, names)
        for (index, policy) in policies.enumerated() {
            let place: [ConfigStep] = [.member("policies"), .element(index)]
            switch policy.kind {
            case .auth(let auth): warnOfAuth(auth, index, r, names, at: place)
            case .budget(let budget): warnOfBudget(budget, policy, r, names, at: place)
            default: break
            }
            warnOfMatch(policy, r, names, at: place + [.member("match")])
        }
    }

    /// Models that an earlier one hides, the balance `cost` where all targets cost the same, and ways to mend a stream
    /// that are never tried.
    private func warnOfModels(_ r: ConfigReader, _ names: ModelNames) {
        for (index, model) in models.enumerated() {
            let place: [ConfigStep] = [.member("models"), .element(index)]
            let pattern = Glob(model.name)
            // A star of the earlier pattern takes whatever a star of this one stands for.
            let hiding = models[..<index].first { !Glob($0.name).isExact && Glob($0.name).matches(model.name) }
            if !pattern.isExact, model.aliases.isEmpty, let hiding {
                r.warn(
                    "nobody is ever answered by this model: \(hiding.name.quoted) stands before it and fits all of its"
                        + " names; put this one first",
                    at: place + [.member("name")])
            }
            if model.balance == .cost, model.targets.count > 1, model.targets.allSatisfy({ $0.price == nil }) {
                r.warn(
                    "no target has a price of its own, so all cost the same; give targets a \"price\"",
                    at: place + [.member("balance")])
            }
            warnOfMidStream(model, r, at: place + [.member("mid_stream")])
        }
    }

    private func warnOfMidStream(_ model: ModelConfiguration, _ r: ConfigReader, at place: [ConfigStep]) {
        let end = model.midStream.firstIndex(of: .fail) ?? model.midStream.endIndex
        // Clients may name any model as another one to ask.
        let canContinue = models.contains { $0.targets.contains(where: \.prefill) }
        for (index, strategy) in model.midStream.enumerated() {
            if index > end, strategy != .buffer {
                r.warn("never tried: \"fail\" before it ends the list", at: place + [.element(index)])
            } else if strategy == .continue, !canContinue {
                r.warn(
                    "never tried: no target of any model has \"prefill\": true, by which it could go on",
                    at: place + [.element(index)])
            }
        }
    }

    /// Keys of the configuration itself that may use, or are given, models that there are not. A keys file may serve
    /// several gateways with other models.
    private func warnOfKeys(_ r: ConfigReader, _ names: ModelNames) {
        for (index, key) in keys.enumerated() where !key.isInFile {
            let place: [ConfigStep] = [.member("keys"), .element(index)]
            warnOfPatterns(key.models, r, names, at: place + [.member("models")])
            for (asked, model) in key.modelMap where names.model(model) == nil {
                r.warn(
                    "no model is for \(model.quoted), so who asks for \(asked.quoted) gets a 404"
                        + Suggestion.phrase(for: model, among: names.all),
                    at: place + [.member("model_map"), .member(asked)])
            }
        }
    }

    private func warnOfAuth(
        _ auth: AuthPolicyConfiguration, _ index: Int, _ r: ConfigReader, _ names: ModelNames, at place: [ConfigStep]
    ) {
        for (name, caller) in auth.clientCertificate.callers {
            let steps: [ConfigStep] = ["client_certificate", "callers", .member(name), "models"]
            warnOfPatterns(caller.models, r, names, at: place + steps)
        }
        guard policies[index].mode == .enforce else { return }
        guard listeners.contains(where: { authenticationPlace(onListener: $0.name) == index }) else {
            r.warn(
                "decides nowhere: an auth policy before it decides on each listener that this one is for; put it first,"
                    + " or give the other one a match.listeners",
                at: place)
            return
        }
        if auth.requirements == [.key], keys.isEmpty, keysFile == nil {
            r.warn(
                "there is no key that anyone could show; make one with `sluice keys new`, or name a keys_file",
                at: place + [.member("require")])
        }
    }

    private func warnOfBudget(
        _ budget: BudgetPolicyConfiguration, _ policy: PolicyConfiguration, _ r: ConfigReader, _ names: ModelNames,
        at place: [ConfigStep]
    ) {
        guard budget.setting.unit == .nanodollars, budget.setting.limit > 0 else { return }
        let patterns = policy.match.rule.models
        let asked = patterns.isEmpty ? models : names.models(fitting: patterns)
        let hasPrice = answering(asked, names).contains { model in
            model.price != nil || model.targets.contains { $0.price != nil }
        }
        if !asked.isEmpty, !hasPrice {
            r.warn(
                "no model that this budget is for has a price, so nothing is ever counted; give models a \"price\", or"
                    + " the budget \"tokens\"",
                at: place + [.member("usd")])
        }
    }

    /// These models, and all that may be asked in their stead or by their panels.
    private func answering(_ asked: [ModelConfiguration], _ names: ModelNames) -> [ModelConfiguration] {
        var all = asked
        var known = Set(asked.map(\.name))
        var place = 0
        while place < all.count {
            let further = panel(of: all[place]) + all[place].fallbacks.map(\.model)
            all += further.compactMap(names.model).filter { known.insert($0.name).inserted }
            place += 1
        }
        return all
    }

    /// Models that a panel asks where one answers for the model.
    private func panel(of model: ModelConfiguration) -> [String] {
        upstreams.flatMap { upstream -> [String] in
            guard case .magi(let magi) = upstream.kind, model.targets.contains(where: { $0.upstream == upstream.name })
            else { return [] }
            return magi.models.map(\.name)
        }
    }

    private func warnOfMatch(
        _ policy: PolicyConfiguration, _ r: ConfigReader, _ names: ModelNames, at place: [ConfigStep]
    ) {
        let rule = policy.match.rule
        warnOfPatterns(rule.models.map(\.pattern), r, names, at: place + [.member("models")])
        for (index, dialect) in rule.dialects.enumerated() where !dialects.serves(dialect) {
            r.warn(
                "dialects.\(dialect) is not configured, so no request is of it",
                at: place + [.member("dialects"), .element(index)])
        }
        let callers = KnownCallers(self, of: policy)
        let criteria = [
            ("users", "user", rule.users, callers.users), ("teams", "team", rule.teams, callers.teams),
            ("keys", "key", rule.keyIDs, callers.keyIDs), ("tags", "tag", rule.tags, callers.tags),
        ]
        for (member, noun, patterns, known) in criteria {
            guard let known else { continue }
            for (index, pattern) in patterns.enumerated() where !known.contains(where: pattern.matches) {
                let hint = Suggestion.phrase(for: pattern.pattern, among: known)
                r.warn(
                    "no caller of this configuration has a \(noun) that \(pattern.pattern.quoted) fits\(hint)",
                    at: place + [.member(member), .element(index)])
            }
        }
    }

    private func warnOfPatterns(_ patterns: [String], _ r: ConfigReader, _ names: ModelNames, at place: [ConfigStep]) {
        for (index, pattern) in patterns.enumerated() where !names.has(pattern) {
            let hint = Suggestion.phrase(for: pattern, among: names.all)
            r.warn("fits no name or alias of a model\(hint)", at: place + [.element(index)])
        }
    }
}

extension DialectsConfiguration {
    fileprivate func serves(_ dialect: String) -> Bool {
        switch MatchedDialect(rawValue: dialect) {
        case .question: question != nil
        case .code: code != nil
        case .ask: ask != nil
        case .agent: agent != nil
        case .openai, .messages, nil: true
        }
    }
}
