/// What the votes on one version come to: fewer NEGATIVE than reject it approve, if there is a vote at all.
struct MagiDecision: Hashable, Sendable {
    let iteration: Int
    let positive: Int
    let negative: Int
    let abstained: Int
    let isApproved: Bool

    init(iteration: Int, _ reviews: [MagiReview], rejectAt: Int) {
        func count(_ decision: MagiReview.Decision) -> Int { reviews.count { $0.decision == decision } }
        self.iteration = iteration
        positive = count(.positive)
        negative = count(.negative)
        abstained = count(.abstained)
        isApproved = positive + negative > 0 && negative < rejectAt
    }

    var votes: Int { positive + negative }
}
