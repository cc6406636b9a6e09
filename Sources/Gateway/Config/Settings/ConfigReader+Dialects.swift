internal import Policies

extension ConfigReader {
    /// The model of a dialect: one that an entry of `models` is for.
    func dialectModel(_ models: [String]) -> String {
        let model = required(
            "model", .string(), example: .string("gpt-4o"), doc: "What answers: a name that `models` has an entry for.")
        // After a mistake there may be no entries or no name, and that was told.
        if !model.isEmpty, !models.isEmpty, !models.contains(where: { Glob($0).matches(model) }) {
            report("no model is for \(model.quoted)\(Suggestion.phrase(for: model, among: models))", at: "model")
        }
        return model
    }

    /// What a dialect says to its model before anything else.
    func dialectSystem() -> String? {
        optional(
            "system", .text, example: .string("Answer briefly and correctly."),
            doc: "What the model is told first, as a message of the role `system`.")
    }
}
