import Upstreams

/// `POST /v1/embeddings` (OpenAI API reference, embeddings): the body travels as it is, and so does the answer.
struct EmbeddingsDialect: Dialect {
    let name = "openai"
    let operation = ModelOperation.embeddings

    /// Keys whose meaning must not depend on which of two a reader takes.
    private static let guarded: [StaticString] = ["model", "input", "encoding_format", "dimensions"]

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let body = try RequestBody(body, guarding: Self.guarded)
        let model = try ChatDialect.model(body)
        try body.requireInput()
        let request = CompletionRequest(
            body.root.document, model: model, isStream: false,
            alternatives: try ModelWishes.alternatives(context.head, named: [], model: model), operation: operation,
            in: context)
        var asked = DialectRequest(completion: request, encoder: ChatEncoder.standard)
        asked.written = .embedding(request.document)
        return asked
    }
}

extension RequestBody {
    /// What embeddings and moderations are about: a text, or an array of what is to be looked at.
    func requireInput() throws(APIError) {
        guard let input = self["input"] else {
            throw .invalid("'input' is missing.", param: "input", code: "missing_required_parameter")
        }
        guard input.kind == .string || input.kind == .array else {
            throw .invalid("'input' must be a string or an array.", param: "input", code: "invalid_type")
        }
    }
}
