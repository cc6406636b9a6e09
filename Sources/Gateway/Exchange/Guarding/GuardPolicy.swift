internal import Policies

/// A guard policy of the configuration. Immutable, and shared by all that look at requests and answers.
package final class GuardPolicy: Sendable {
    /// OpenAI's own code for what its rules forbid.
    static let code = "content_policy_violation"

    package let name: String
    /// Looks and counts, but changes and refuses nothing.
    package let isShadow: Bool
    package let settings: GuardPolicyConfiguration
    package let rules: GuardRules

    package init(name: String, isShadow: Bool, settings: GuardPolicyConfiguration) {
        self.name = name
        self.isShadow = isShadow
        self.settings = settings
        rules = settings.rules
    }

    /// Whether it looks at requests by itself, besides its moderation.
    var looksAtRequests: Bool { settings.looksAtRequests && !rules.isEmpty }

    /// False: a whole answer of this text passes as it is.
    func mayConcern(answer text: RawSpan) -> Bool {
        settings.maxAnswerChars.map { text.byteCount > $0 } ?? false || rules.mayFind(in: text)
    }

    func refusal(_ stop: GuardStop, param: String?) -> Refusal {
        let message: String
        switch stop {
        case .denied(let rule): message = rules.messages[rule]
        case .tooManyPlaces: message = "The text has more than \(GuardStream.maxPlaces) places that a guard looks at."
        }
        return Refusal(.invalid(code: Self.code), message, param: param)
    }

    var tooLong: Refusal {
        Refusal(
            .invalid(code: Self.code),
            "The answer is longer than the \(settings.maxAnswerChars ?? 0) characters that are allowed here.")
    }
}
