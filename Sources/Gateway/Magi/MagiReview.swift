/// What one reviewer says of one version of the code.
struct MagiReview: Hashable, Sendable {
    enum Decision: String, Sendable {
        case positive = "POSITIVE"
        case negative = "NEGATIVE"
        /// No vote: the reviewer failed, was too late, or said nothing that can be read.
        case abstained = "ABSTAINED"
    }

    let reviewer: String
    let decision: Decision
    let reason: String
}
