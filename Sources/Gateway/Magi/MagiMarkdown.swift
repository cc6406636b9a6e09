/// A run as people read it: Markdown, piece by piece, for chats that know nothing of its structure.
enum MagiMarkdown {
    static func coding(_ iteration: Int, of most: Int, model: String) -> String {
        "## Version \(iteration) of at most \(most)\n\nWritten by `\(model)`:\n\n"
    }

    static func code(_ code: CodeBlock) -> String { "\(code.fenced)\n\n" }

    static let reviewing = "Reviews:\n\n"

    static func review(_ review: MagiReview) -> String {
        "- **\(review.reviewer)**: \(review.decision.rawValue): \(line(review.reason))\n"
    }

    static func decision(_ decision: MagiDecision) -> String {
        let votes = "\(decision.positive) for it, \(decision.negative) against it, \(decision.abstained) abstained"
        return "\n**\(decision.isApproved ? "Approved" : "Rejected")**: \(votes).\n\n"
    }

    /// The end of a stream.
    static func result(_ result: MagiResult, of most: Int) -> String {
        "## Final code\n\n\(summary(result, of: most))\n\n\(result.code.fenced)\n"
    }

    /// All of an answer that is no stream.
    static func whole(_ result: MagiResult, of most: Int) -> String {
        let reviews = result.reviews.map { review($0) }.joined()
        let text = "\(summary(result, of: most))\n\n\(result.code.fenced)\n"
        return reviews.isEmpty ? text : "\(text)\n\(reviewing)\(reviews)"
    }

    private static func summary(_ result: MagiResult, of most: Int) -> String {
        let version = "version \(result.iterations) of at most \(most)"
        if result.isApproved { return "Approved: \(version)." }
        return switch result.stop {
        case nil: "Not approved: \(version) was rejected."
        case .time: "Not approved: the time was used up after \(version)."
        case .tokens: "Not approved: the tokens were used up after \(version)."
        case .votes: "Not approved: no reviewer has voted on \(version)."
        }
    }

    /// A reason in one line, so that it stays in its place of the list.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
