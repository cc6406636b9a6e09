import Testing

@testable import Gateway

struct MagiRunTests {
    private static func reviews(_ decisions: MagiReview.Decision...) -> [MagiReview] {
        decisions.enumerated().map { MagiReview(reviewer: "r\($0)", decision: $1, reason: "because") }
    }

    private func code(_ number: Int) -> CodeBlock { CodeBlock(language: "", code: "v\(number)") }

    @Test("fewer NEGATIVE votes than reject it approve a version, if there is a vote")
    func decisions() {
        func isApproved(_ reviews: [MagiReview], rejectAt: Int = 2) -> Bool {
            MagiDecision(iteration: 1, reviews, rejectAt: rejectAt).isApproved
        }
        #expect(isApproved(Self.reviews(.positive, .positive, .positive)))
        #expect(isApproved(Self.reviews(.negative, .positive, .positive)))
        #expect(!isApproved(Self.reviews(.negative, .negative, .positive)))
        #expect(isApproved(Self.reviews(.negative, .abstained, .abstained)))
        #expect(!isApproved(Self.reviews(.abstained, .abstained, .abstained)))
        #expect(!isApproved(Self.reviews(.negative, .positive), rejectAt: 1))
    }

    @Test("a run goes on while versions are rejected, up to the last that may be written")
    func rejected() throws {
        var run = MagiRun(maxIterations: 2, rejectAt: 2)
        run.add(code(1), isCut: false)
        let first = run.decide(Self.reviews(.negative, .negative))
        #expect(run.result(after: first) == nil)
        run.add(code(2), isCut: true)
        let second = run.decide(Self.reviews(.negative, .negative))
        let result = try #require(run.result(after: second))
        #expect(!result.isApproved && result.iterations == 2 && result.code == code(2) && result.isCut)
        #expect(result.stop == nil && result.reviews == Self.reviews(.negative, .negative))
    }

    @Test("an approved version ends a run")
    func approved() throws {
        var run = MagiRun(maxIterations: 3, rejectAt: 2)
        run.add(code(1), isCut: false)
        let decision = run.decide(Self.reviews(.positive, .negative))
        let result = try #require(run.result(after: decision))
        #expect(result.isApproved && result.iterations == 1)
    }

    @Test("a version on which nobody votes ends a run without approval")
    func noVotes() throws {
        var run = MagiRun(maxIterations: 3, rejectAt: 2)
        run.add(code(1), isCut: false)
        let decision = run.decide(Self.reviews(.abstained))
        let result = try #require(run.result(after: decision))
        #expect(!result.isApproved && result.stop == .votes)
    }

    @Test("a run that is stopped gives what there is, and nothing where there is nothing")
    func stopped() {
        var run = MagiRun(maxIterations: 3, rejectAt: 2)
        #expect(run.result(stoppedBy: .time) == nil)
        run.add(code(1), isCut: false)
        _ = run.decide(Self.reviews(.negative, .negative))
        #expect(run.result(stoppedBy: .tokens)?.code == code(1))
        #expect(run.result(stoppedBy: .tokens)?.isApproved == false)
    }
}
