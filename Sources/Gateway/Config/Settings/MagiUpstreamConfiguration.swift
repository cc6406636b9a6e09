/// A coder and a panel of reviewers, which are models of this gateway (API page, task dialect).
package struct MagiUpstreamConfiguration: Sendable {
    /// What becomes of the vote of a reviewer that fails or is too late.
    package enum Absence: String, CaseIterable, Sendable {
        case abstain
        case negative
    }

    /// The model that writes the code.
    package let coder: String
    /// What the coder is told before the request.
    package let coderPrompt: String
    /// At least one, names unique. Default: `melchior`, `balthasar` and `casper`.
    package let reviewers: [MagiReviewerConfiguration]
    /// Versions that are written at most. Default 3.
    package let maxIterations: Int
    /// NEGATIVE votes that reject a version. Default 2.
    package let rejectAt: Int
    /// Default abstain.
    package let absent: Absence
    /// Milliseconds that a reviewer has for one version. Default 120,000.
    package let reviewTimeoutMs: Int
    /// Milliseconds for all of it. Default 900,000.
    package let maxMs: Int
    /// Tokens of all calls together, after which no further stage begins; nil (default): any number.
    package let maxTokens: Int?

    package init(_ r: ConfigReader) {
        coder = r.required("coder", .string(), example: .string("gpt-4o"), doc: "The model that writes the code.")
        coderPrompt = r.value(
            "coder_prompt", .text, default: MagiPrompts.coder, doc: "What the coder is told before the request.")
        reviewers = r.value(
            "reviewers", .list(of: .object(MagiReviewerConfiguration.init), minimum: 1),
            default: MagiReviewerConfiguration.panel,
            doc: "Who judges each version, all at once. Without it `melchior` (correctness), `balthasar` (safety and"
                + " robustness) and `casper` (clarity and fitness), all of them the coder's model.")
        maxIterations = r.int("max_iterations", default: 3, in: 1...100, doc: "Versions that are written at most.")
        rejectAt = r.int("reject_at", default: 2, in: 1...100, doc: "NEGATIVE votes that reject a version.")
        absent = r.value(
            "absent", .choice(.abstain), default: .abstain,
            doc: "What a reviewer's vote is that fails, is late, or says nothing that can be read when asked twice:"
                + " none, or NEGATIVE.")
        reviewTimeoutMs = r.milliseconds(
            "review_timeout_ms", default: 120_000, doc: "How long a reviewer has for one version.")
        maxMs = r.milliseconds(
            "max_ms", default: 900_000,
            doc: "How long all of it may take; then the last version is the result, not approved.")
        maxTokens = r.optional(
            "max_tokens", .int(in: 1...1_000_000_000, unit: .tokens), example: .integer(200_000),
            doc: "Tokens of all calls together, after which no further stage begins; without it any number.")
        r.requireUnique("reviewers", "name", "two reviewers have this name")
        if rejectAt > reviewers.count {
            r.report("expected at most the number of reviewers, \(reviewers.count)", at: "reject_at")
        }
    }

    /// All models that it asks, by the member that names each.
    var models: [(steps: [ConfigStep], name: String)] {
        [([.member("coder")], coder)]
            + reviewers.enumerated().compactMap { index, reviewer in
                reviewer.model.map { ([.member("reviewers"), .element(index), .member("model")], $0) }
            }
    }
}
