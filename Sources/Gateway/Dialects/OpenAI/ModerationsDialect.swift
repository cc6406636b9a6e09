import Upstreams

/// `POST /v1/moderations` (OpenAI API reference, moderations): the body travels as it is, and so does the answer. A body
/// without a model gets the one that the configuration names.
struct ModerationsDialect: Dialect {
    let name = "openai"
    let operation = ModelOperation.moderations
    private let fallback: String?

    /// Keys whose meaning must not depend on which of two a reader takes.
    private static let guarded: [StaticString] = ["model", "input"]

    init(_ configuration: OpenAIDialectConfiguration) { fallback = configuration.moderationModel }

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let body = try RequestBody(body, guarding: Self.guarded)
        let model = try model(body)
        try body.requireInput()
        let document = body["model"] == nil ? try body.naming(model, context.parser) : body.root.document
        let request = CompletionRequest(
            document, model: model, isStream: false,
            alternatives: try ModelWishes.alternatives(context.head, named: [], model: model), operation: operation,
            in: context)
        var asked = DialectRequest(completion: request, encoder: ChatEncoder.standard)
        asked.written = .moderation(body.root.document)
        return asked
    }

    private func model(_ body: RequestBody) throws(APIError) -> String {
        if body["model"] == nil, let fallback { return fallback }
        guard body["model"] != nil else {
            throw .invalid(
                "You must provide a model parameter: the gateway's configuration names no model for moderations"
                    + " (dialects.openai.moderation_model).", param: "model", code: "missing_required_parameter")
        }
        return try ChatDialect.model(body)
    }
}

extension RequestBody {
    /// The same body with this model.
    func naming(_ model: String, _ parser: JSONParser) throws(APIError) -> JSONDocument {
        var splice = JSONSplice()
        splice.set("model", to: model)
        var text = ByteBuffer()
        splice.write(root, to: &text)
        return try parser.document(text)
    }
}
