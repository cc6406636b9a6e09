import Upstreams

/// `POST /v1/responses` (OpenAI API reference, "Create a model response"): OpenAI's Responses API in front of any model,
/// answered by models for chats.
struct ResponsesDialect: Dialect {
    let name = "openai"

    /// Keys whose meaning must not depend on which of two a reader takes.
    private static let guarded: [StaticString] = [
        "model", "input", "instructions", "stream", "tools", "background", "previous_response_id", "conversation",
    ]

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let parser = context.parser
        let body = try RequestBody(body, guarding: Self.guarded)
        let model = try ChatDialect.model(body)
        let isStream = try body.flag("stream", default: false)
        var decoder = ResponsesDecoder(body.root)
        let document = try parser.document(try decoder.decode(isStream: isStream))
        let request = CompletionRequest(
            document, model: model, isStream: isStream, wantsUsage: true,
            alternatives: try ModelWishes.alternatives(context.head, named: [], model: model), in: context)
        let encoder = ResponsesEncoder(
            parser, ResponseSettings(body.root, model: model, requestID: context.requestID),
            maxBytes: context.runtime.configuration.bounds.maxLogBytes)
        var asked = DialectRequest(completion: request, encoder: encoder)
        asked.written = .response(body.root.document)
        return asked
    }
}
