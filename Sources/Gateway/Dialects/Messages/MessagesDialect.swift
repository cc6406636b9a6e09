import Upstreams

/// `POST /v1/messages` (docs/dialects.md): Anthropic's Messages API in front of any model.
struct MessagesDialect: Dialect {
    let name = "messages"
    let requestIDField: StaticString? = "request-id"

    /// Keys whose meaning must not depend on which of two a reader takes.
    private static let guarded: [StaticString] = ["model", "messages", "system", "stream", "tools"]

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let parser = context.parser
        let body = try RequestBody(body, guarding: Self.guarded)
        let model = try body.text("model").string ?? ""
        let isStream = try body.flag("stream", default: false)
        var decoder = MessagesDecoder(body.root)
        let document = try parser.document(try decoder.decode(isStream: isStream))
        let request = CompletionRequest(
            document, model: model, isStream: isStream, wantsUsage: true,
            alternatives: try ModelWishes.alternatives(context.head, named: [], model: model),
            hasAnthropicMembers: true, in: context)
        let encoder = MessagesEncoder(
            parser, requestID: context.requestID, model: model, showsThinking: decoder.wantsThinking)
        return DialectRequest(completion: request, encoder: encoder)
    }

    func status(of error: APIError) -> HTTPStatus { MessagesError.status(of: error) }

    func write(_ error: APIError, requestID: String, to body: inout ByteBuffer) {
        MessagesError(error).write(requestID: requestID, to: &body)
    }
}
