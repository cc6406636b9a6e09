/// What OpenAI's endpoints besides chat completions need to know.
package struct OpenAIDialectConfiguration: Sendable {
    /// Answers `POST /v1/moderations` without a model; nil (default): the body must name one.
    package let moderationModel: String?
    /// The same for `POST /v1/images/…`.
    package let imageModel: String?
    /// The same for `POST /v1/audio/speech`.
    package let speechModel: String?
    /// The same for `POST /v1/audio/transcriptions` and `/v1/audio/translations`.
    package let transcriptionModel: String?
    /// The upstream of `/v1/files` and `/v1/batches`, of kind `openai`; nil (default): the only one of that kind.
    package let filesUpstream: String?
    /// The upstream of `/v1/responses/{id}`, which has the Responses API; nil (default): the only one that has.
    package let responsesUpstream: String?

    package init(_ r: ConfigReader, models: [String], upstreams: [UpstreamConfiguration]) {
        func model(_ name: String, _ what: String) -> String? {
            r.dialectModel(
                name, models, example: "gpt-4o",
                doc: "What answers \(what) whose body names no model: a name that `models` has an entry for; without it"
                    + " the body must name one.")
        }
        moderationModel = model("moderation_model", "`POST /v1/moderations`")
        imageModel = model("image_model", "`POST /v1/images/…`")
        speechModel = model("speech_model", "`POST /v1/audio/speech`")
        transcriptionModel = model(
            "transcription_model", "`POST /v1/audio/transcriptions` and `/v1/audio/translations`")
        let names = upstreams.filter(\.isOpenAI).map(\.name)
        filesUpstream = r.optional(
            "files_upstream", .reference(to: names, what: "OpenAI upstream"), example: .string("openai"),
            doc: "Where `/v1/files` and `/v1/batches` are: an upstream of kind `openai`; without it the only one of"
                + " that kind.")
        let able = upstreams.filter(\.hasResponses).map(\.name)
        responsesUpstream = r.optional(
            "responses_upstream", .reference(to: able, what: "upstream with `responses: true`"),
            example: .string("openai"),
            doc: "Where `/v1/responses/{id}` is looked for: an upstream with `\"responses\": true`; without it the only"
                + " one of them.")
    }
}

extension Configuration {
    /// The upstream of files and batches; nil: none is named, and there is not exactly one that could be.
    var fileStore: UpstreamConfiguration? {
        if let name = dialects.openai.filesUpstream { return upstreams.first { $0.name == name } }
        let able = upstreams.filter(\.isOpenAI)
        return able.count == 1 ? able[0] : nil
    }

    /// The same for responses.
    var responseStore: UpstreamConfiguration? {
        if let name = dialects.openai.responsesUpstream { return upstreams.first { $0.name == name } }
        let able = upstreams.filter(\.hasResponses)
        return able.count == 1 ? able[0] : nil
    }
}
