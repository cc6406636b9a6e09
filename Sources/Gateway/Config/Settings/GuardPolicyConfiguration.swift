internal import Policies

/// What texts must not hold: rules by expression, by word or built in, for requests and answers.
package struct GuardPolicyConfiguration: Sendable {
    /// Which texts are looked at.
    package enum Side: String, CaseIterable, Sendable {
        case request
        case answer
    }

    /// Default: both.
    package let sides: [Side]
    /// Characters (Unicode scalars) that the text of one answer may have; nil (default): any number.
    package let maxAnswerChars: Int?
    /// Bytes of a streamed answer that may be held back, and in which a match is found. Default 512.
    package let maxMatchBytes: Int
    /// Who is asked about requests; nil (default): nobody.
    package let moderation: ModerationConfiguration?
    /// All rules, compiled.
    package let rules: GuardRules

    package var looksAtRequests: Bool { sides.contains(.request) }
    package var actsOnAnswers: Bool { sides.contains(.answer) && (!rules.isEmpty || maxAnswerChars != nil) }

    /// `upstreams`: names of those that have a moderation.
    package init(_ r: ConfigReader, upstreams: [String]) {
        sides = r.value(
            "on", .list(of: .choice(.request), minimum: 1), default: Side.allCases,
            doc: "Which texts are looked at.")
        maxAnswerChars = r.optional(
            "max_answer_chars", .int(in: 1...100_000_000, unit: .count), example: .integer(20_000),
            doc: "Characters that the text of an answer may have; without it any number.")
        maxMatchBytes = r.int(
            "max_match_bytes", default: 512, in: 16...65_536, unit: .bytes,
            doc: "How much of a streamed answer may be held back; longer matches are found as far as this part matches."
        )
        let deny = r.value(
            "deny", .list(of: .object(GuardDenyConfiguration.init)), default: [],
            doc: "Expressions that must not be found.")
        let redact = r.value(
            "redact", .list(of: .object(GuardRedactConfiguration.init)), default: [],
            doc: "Expressions whose matches are replaced. Where several match, the first entry counts.")
        let words = r.value(
            "words", .list(of: .object(GuardWordsConfiguration.init)), default: [],
            doc: "Words that must not be found, or are replaced.")
        let builtIn = r.value(
            "builtin", .list(of: .object(GuardBuiltInConfiguration.init)), default: [],
            doc: "Kinds of text that the gateway knows how to find.")
        moderation = r.optional(
            "moderation", .object { ModerationConfiguration($0, upstreams: upstreams) },
            doc: "A provider that is asked what it thinks of the users' messages.")
        let all = [deny.map(\.rule), redact.map(\.rule), words.map(\.rule), builtIn.map(\.rule)].joined()
        rules = Self.compile(all.compactMap { $0 }, bound: maxMatchBytes, r)
        let members = ["deny", "redact", "words", "builtin", "max_answer_chars", "moderation"]
        if !members.contains(where: { r.has($0) }) {
            r.report("nothing to do: give deny, redact, words, builtin, max_answer_chars or moderation")
        }
        if moderation != nil, !sides.contains(.request) {
            r.report("a moderation is asked about requests, which this guard does not look at", at: "moderation")
        }
    }

    private static func compile(_ rules: [GuardRule], bound: Int, _ r: ConfigReader) -> GuardRules {
        do {
            return try GuardRules(rules, bound: bound)
        } catch {
            r.report("all rules together are too large: \(error.reason)")
            return .none
        }
    }
}
