internal import Policies

/// The compiled rules of one guard policy: made once per configuration, shared by all workers, immutable.
package final class GuardRules: Sendable {
    /// Finds what is forbidden; nil: nothing is.
    let deny: RuleScanner?
    /// Finds what is to be hidden; nil: nothing is.
    let redact: RuleScanner?
    /// For the client, by the rule of `deny`.
    let messages: [String]
    /// What forbids, as the configuration has it; by the rule of `deny`.
    private let denied: [String]
    /// By the rule of `redact`.
    let replacements: [[UInt8]]
    /// Bytes of a streamed text that may be held back.
    let bound: Int
    /// Together they match where any rule may, so that few passes tell that there is nothing to do.
    private let filters: [RegularExpression]
    /// Every match holds one of these, and looking for them costs next to nothing; nil: some pattern has none.
    let needles: Needles?
    /// A text of fewer bytes has nothing that a rule is about.
    let shortest: Int

    /// No rules, which any text passes.
    static let none = GuardRules()

    private init() {
        deny = nil
        redact = nil
        filters = []
        needles = nil
        shortest = 0
        messages = []
        denied = []
        replacements = []
        bound = 1
    }

    /// Throws when all rules together are too large.
    package init(_ rules: [GuardRule], bound: Int) throws(RegularExpression.Failure) {
        var denied: [GuardPattern] = []
        var redacted: [GuardPattern] = []
        var messages: [String] = []
        var replacements: [[UInt8]] = []
        for rule in rules {
            switch rule.action {
            case .deny(let message):
                denied.append(rule.pattern)
                messages.append(message)
            case .redact(let replacement):
                redacted.append(rule.pattern)
                replacements.append(Array(replacement.utf8))
            }
        }
        deny = denied.isEmpty ? nil : try RuleScanner(denied)
        redact = redacted.isEmpty ? nil : try RuleScanner(redacted)
        filters = try Self.filters(denied + redacted)
        needles = try NeedleFinder.needles((denied + redacted).map(\.node))
        shortest = (denied + redacted).map(\.node.shortestMatch).min() ?? 0
        self.messages = messages
        self.denied = denied.map(\.text)
        self.replacements = replacements
        self.bound = bound
    }

    /// A few patterns that RE2 finds by their first character are quicker one by one; others share one pass.
    private static func filters(_ patterns: [GuardPattern]) throws(RegularExpression.Failure) -> [RegularExpression] {
        guard !patterns.isEmpty else { return [] }
        if patterns.count <= 3, patterns.allSatisfy(\.node.beginsWithLiteral) { return patterns.map(\.expression) }
        return [try RegularExpression(PatternNode.choice(patterns.map(\.node)).source)]
    }

    /// Whether there is no rule at all.
    var isEmpty: Bool { filters.isEmpty }

    /// False: the text holds nothing that a rule is about.
    func mayFind(in text: RawSpan) -> Bool {
        needles?.mayOccur(in: text) ?? true && filters.contains { $0.occurs(in: text) }
    }

    /// What made a text stop.
    func pattern(of stop: GuardStop) -> String? {
        if case .denied(let rule) = stop { denied[rule] } else { nil }
    }

    func makeStream() -> GuardStream {
        GuardStream(deny: deny, redact: redact, replacements: replacements, bound: bound)
    }
}

extension GuardRules {
    /// A whole text with what is to be hidden replaced.
    func apply(to text: RawSpan) throws(GuardStop) -> (text: [UInt8], redactions: Int) {
        var stream = makeStream()
        var output: [UInt8] = []
        output.reserveCapacity(text.byteCount)
        try stream.feed(text, isLast: true, into: &output)
        return (output, stream.redactions)
    }
}
