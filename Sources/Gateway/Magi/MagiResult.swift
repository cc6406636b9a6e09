/// What a run has come to (API page, task dialect).
struct MagiResult: Sendable {
    let isApproved: Bool
    let iterations: Int
    /// Those of the last version.
    let reviews: [MagiReview]
    let code: CodeBlock
    let isCut: Bool
    /// Nil: the run went to its end.
    let stop: MagiRun.Stop?
}
