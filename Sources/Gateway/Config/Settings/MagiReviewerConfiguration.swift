/// One reviewer of a `magi` upstream.
package struct MagiReviewerConfiguration: Sendable {
    /// Unique among the reviewers.
    package let name: String
    /// nil (default): the coder's.
    package let model: String?
    /// What it judges, in a few words.
    package let focus: String
    /// What it is told before request, code and the form of its answer.
    package let prompt: String

    package init(_ r: ConfigReader) {
        name = r.required("name", .string(), example: .string("melchior"), doc: "Unique among the reviewers.")
        model = r.optional("model", .string(), example: .string("gpt-4o"), doc: "The model; without it the coder's.")
        focus = r.value("focus", .string(), default: "quality", doc: "What it judges, in a few words.")
        let prompt = r.optional(
            "prompt", .text, example: .string("You judge correctness."),
            doc: "What it is told; the form of the answer is added. Without it a text about its `focus`.")
        self.prompt = prompt ?? MagiPrompts.reviewer(name, focus: focus)
    }

    private init(_ name: String, focus: String) {
        self.name = name
        model = nil
        self.focus = focus
        prompt = MagiPrompts.reviewer(name, focus: focus)
    }

    /// Who judges where the configuration names nobody.
    static let panel = [
        MagiReviewerConfiguration("melchior", focus: "correctness"),
        MagiReviewerConfiguration("balthasar", focus: "safety and robustness"),
        MagiReviewerConfiguration("casper", focus: "clarity and fitness for the request"),
    ]
}
