import Upstreams

/// `POST /v1/chat/completions` (API page, OpenAI dialect): the canonical form itself.
///
/// Looks only at what the gateway acts on; whatever else the body holds travels as it is.
struct ChatDialect: Dialect {
    let name = "openai"

    /// Keys whose meaning must not depend on which of two a reader takes.
    private static let guarded: [StaticString] = ["model", "messages", "stream", "stream_options", "background"]

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let body = try RequestBody(body, guarding: Self.guarded)
        let others = try models(body)
        let model = if body["model"] == nil, let first = others.first { first } else { try Self.model(body) }
        try requireMessages(body)
        let isStream = try body.flag("stream", default: false)
        let wantsUsage = try Self.wantsUsage(body)
        let request = CompletionRequest(
            try document(body, model, context.parser), model: model, isStream: isStream, wantsUsage: wantsUsage,
            alternatives: try ModelWishes.alternatives(context.head, named: others, model: model), in: context)
        let wantsTask = try body.flag("background", default: false) || Self.prefersTask(context.head)
        return DialectRequest(
            completion: request, encoder: ChatEncoder.standard, wantsTask: wantsTask, mayResume: true)
    }

    /// `Prefer: respond-async` (RFC 7240 section 4.1).
    private static func prefersTask(_ head: RequestHead) -> Bool {
        head.values(of: "prefer").contains { value in
            value.split(separator: ",").contains { preference in
                let name = preference.prefix { $0 != ";" && $0 != "=" }
                return name.filter { !$0.isWhitespace }.lowercased() == "respond-async"
            }
        }
    }

    /// Models that the client would take, in order: the gateway's own field, which no provider gets to see.
    private func models(_ body: RequestBody) throws(APIError) -> [String] {
        guard let list = body["models"] else { return [] }
        guard list.kind == .array, list.elements.allSatisfy({ $0.kind == .string }) else {
            throw .invalid("'models' must be an array of strings.", param: "models", code: "invalid_type")
        }
        return list.elements.compactMap(\.string)
    }

    /// The body without the fields that are the gateway's own.
    private func document(
        _ body: RequestBody, _ model: String, _ parser: JSONParser
    ) throws(APIError) -> JSONDocument {
        let hasModels = body.root["models"] != nil
        guard hasModels || body.root["background"] != nil else { return body.root.document }
        var splice = JSONSplice()
        splice.remove("background")
        if hasModels {
            splice.remove("models")
            splice.set("model", to: model)
        }
        var text = ByteBuffer()
        splice.write(body.root, to: &text)
        return try parser.document(text)
    }

    static func wantsUsage(_ body: RequestBody) throws(APIError) -> Bool {
        let options = body["stream_options"]
        guard options == nil || options?.kind == .object else {
            throw .invalid("'stream_options' must be an object.", param: "stream_options", code: "invalid_type")
        }
        return try RequestBody.flag(options?["include_usage"], "stream_options.include_usage") ?? false
    }

    static func model(_ body: RequestBody) throws(APIError) -> String {
        guard let value = body["model"] else {
            throw .invalid("You must provide a model parameter.", param: "model", code: "missing_required_parameter")
        }
        guard let model = value.string, !model.isEmpty else {
            throw .invalid("'model' must be a string that is not empty.", param: "model", code: "invalid_type")
        }
        return model
    }

    private func requireMessages(_ body: RequestBody) throws(APIError) {
        guard let messages = body["messages"] else {
            throw .invalid("'messages' is missing.", param: "messages", code: "missing_required_parameter")
        }
        guard messages.kind == .array else {
            throw .invalid("'messages' must be an array.", param: "messages", code: "invalid_type")
        }
        guard messages.count > 0 else {
            throw .invalid("'messages' must not be empty.", param: "messages", code: "empty_array")
        }
        var index = 0
        for message in messages.elements {
            guard message.kind == .object else {
                throw .invalid(
                    "'messages[\(index)]' must be an object.", param: "messages[\(index)]", code: "invalid_type")
            }
            guard message["role"]?.kind == .string else {
                throw .invalid(
                    "'messages[\(index)].role' must be a string such as \"user\".", param: "messages[\(index)].role",
                    code: message["role"] == nil ? "missing_required_parameter" : "invalid_type")
            }
            index += 1
        }
    }
}
