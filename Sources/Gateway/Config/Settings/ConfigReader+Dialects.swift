internal import Policies

extension ConfigReader {
    /// The model of a dialect: one that an entry of `models` is for.
    func dialectModel(_ models: [String]) -> String {
        let model = required(
            "model", .string(), example: .string("gpt-4o"), doc: "What answers: a name that `models` has an entry for.")
        check(model, models, at: "model")
        return model
    }

    /// A model that stands in where a body names none; nil: none does.
    func dialectModel(_ name: String, _ models: [String], example: String, doc: String) -> String? {
        let model = optional(name, .string(), example: .string(example), doc: doc)
        if let model { check(model, models, at: name) }
        return model
    }

    private func check(_ model: String, _ models: [String], at name: String) {
        // After a mistake there may be no entries or no name, and that was told.
        if !model.isEmpty, !models.isEmpty, !models.contains(where: { Glob($0).matches(model) }) {
            report(
                "no model is for \(model.quoted)\(Suggestion.phrase(for: model, among: models))",
                at: .member(name))
        }
    }

    /// What a dialect says to its model before anything else.
    func dialectSystem() -> String? {
        optional(
            "system", .text, example: .string("Answer briefly and correctly."),
            doc: "What the model is told first, as a message of the role `system`.")
    }
}
