import Upstreams

/// One step of a run, as readers of a task are told it (API page, task dialect).
enum MagiProgress {
    enum Stage: String {
        case coding, reviewing
    }

    case stage(Stage, iteration: Int, of: Int, model: String?)
    case code(CodeBlock, iteration: Int, model: String, isCut: Bool)
    case review(MagiReview, iteration: Int)
    case decision(MagiDecision)
    /// The end; told as `completed` once nothing can go wrong any more.
    case result(MagiResult)

    var name: StaticString {
        switch self {
        case .stage: "stage"
        case .code: "code"
        case .review: "review"
        case .decision: "decision"
        case .result: "completed"
        }
    }

    /// The members of the event's `data`.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .stage(let stage, let iteration, let most, let model):
            writer.member("stage", stage.rawValue)
            writer.member("iteration", iteration)
            writer.member("max_iterations", most)
            if let model { writer.member("model", model) }
        case .code(let block, let iteration, let model, let isCut):
            writer.member("iteration", iteration)
            writer.member("model", model)
            writer.member("language", block.language)
            writer.member("code", block.code)
            writer.member("truncated", isCut)
        case .review(let review, let iteration):
            writer.member("iteration", iteration)
            Self.write(review, to: &writer)
        case .decision(let decision):
            writer.member("iteration", decision.iteration)
            writer.member("approved", decision.isApproved)
            writer.member("positive", decision.positive)
            writer.member("negative", decision.negative)
            writer.member("abstained", decision.abstained)
        case .result(let result):
            writer.member("approved", result.isApproved)
            writer.member("iterations", result.iterations)
            writer.array("feedbacks") { list in
                for review in result.reviews { list.object { Self.write(review, to: &$0) } }
            }
            writer.member("final_code", result.code.code)
            if let stop = result.stop { writer.member("stopped", stop.rawValue) }
        }
    }

    private static func write(_ review: MagiReview, to writer: inout JSONWriter) {
        writer.member("reviewer", review.reviewer)
        writer.member("decision", review.decision.rawValue)
        writer.member("reason", review.reason)
    }
}
