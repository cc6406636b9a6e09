/// The state of one piece of work: versions of the code, what was said of each, and what follows from it.
///
/// Decides and asks nobody. States: a version is due → reviews of it are due → approved, or the next version is due, up
/// to `maxIterations`.
struct MagiRun {
    /// One version of the code with what the reviewers said of it, in the reviewers' order.
    struct Round: Sendable {
        let code: CodeBlock
        /// The model was cut off in its answer.
        let isCut: Bool
        var reviews: [MagiReview] = []
    }

    /// Why a run ended before it had to.
    enum Stop: String, Sendable {
        case time = "time_budget"
        case tokens = "token_budget"
        /// No reviewer has voted.
        case votes = "no_votes"
    }

    let maxIterations: Int
    /// NEGATIVE votes that reject a version.
    let rejectAt: Int
    private(set) var rounds: [Round] = []

    init(maxIterations: Int, rejectAt: Int) {
        self.maxIterations = maxIterations
        self.rejectAt = rejectAt
    }

    /// The number of the version that is written now, or that was written last.
    var iteration: Int { rounds.count }

    /// The reviews of a version are due, or there.
    mutating func add(_ code: CodeBlock, isCut: Bool) {
        precondition(rounds.count < maxIterations, "a version more than there may be")
        rounds.append(Round(code: code, isCut: isCut))
    }

    /// Counts the votes on the last version.
    mutating func decide(_ reviews: [MagiReview]) -> MagiDecision {
        precondition(!rounds.isEmpty, "reviews without a version")
        rounds[rounds.count - 1].reviews = reviews
        return MagiDecision(iteration: iteration, reviews, rejectAt: rejectAt)
    }

    /// The end, if this decision is the last one; nil: another version is due.
    func result(after decision: MagiDecision) -> MagiResult? {
        if decision.isApproved { return result(isApproved: true, stop: nil) }
        if decision.votes == 0 { return result(isApproved: false, stop: .votes) }
        return iteration == maxIterations ? result(isApproved: false, stop: nil) : nil
    }

    /// What there is when a budget is used up; nil: nothing.
    func result(stoppedBy stop: Stop) -> MagiResult? { result(isApproved: false, stop: stop) }

    private func result(isApproved: Bool, stop: Stop?) -> MagiResult? {
        rounds.last.map { round in
            MagiResult(
                isApproved: isApproved, iterations: iteration, reviews: round.reviews, code: round.code,
                isCut: round.isCut, stop: stop)
        }
    }
}
