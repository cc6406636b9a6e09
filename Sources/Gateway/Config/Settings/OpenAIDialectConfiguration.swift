/// What OpenAI's endpoints besides chat completions need to know.
package struct OpenAIDialectConfiguration: Sendable {
    /// Answers `POST /v1/moderations` without a model; nil (default): the body must name one.
    package let moderationModel: String?

    package init(_ r: ConfigReader, models: [String]) {
        moderationModel = r.dialectModel(
            "moderation_model", models, example: "gpt-4o",
            doc: "What answers `POST /v1/moderations` whose body names no model: a name that `models` has an entry for;"
                + " without it the body must name one.")
    }
}
