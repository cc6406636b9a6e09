import Upstreams

/// `POST /v1/completions` (OpenAI API reference, legacy completions), answered by models for chats: the prompt is the
/// one message of a user.
///
/// Members that chats know as well travel as they are; those that have no meaning there are refused, not forgotten.
struct TextCompletionDialect: Dialect {
    let name = "openai"

    /// Keys whose meaning must not depend on which of two a reader takes.
    private static let guarded: [StaticString] = ["model", "prompt", "stream", "stream_options", "background"]

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let body = try RequestBody(body, guarding: Self.guarded)
        let model = try ChatDialect.model(body)
        let prompt = try prompt(body)
        try refuseForeign(body)
        let isStream = try body.flag("stream", default: false)
        let wantsUsage = try ChatDialect.wantsUsage(body)
        let parser = context.parser
        let request = CompletionRequest(
            try chat(body, prompt, parser), model: model, isStream: isStream, wantsUsage: wantsUsage,
            alternatives: try ModelWishes.alternatives(context.head, named: [], model: model), in: context)
        var asked = DialectRequest(completion: request, encoder: TextCompletionEncoder(parser))
        asked.written = .completion(body.root.document)
        return asked
    }

    private func prompt(_ body: RequestBody) throws(APIError) -> JSONValue {
        guard let prompt = body["prompt"] else {
            throw .invalid("'prompt' is missing.", param: "prompt", code: "missing_required_parameter")
        }
        if prompt.kind == .string { return prompt }
        guard prompt.count == 1, let only = prompt.elements.first(where: { $0.kind == .string }) else {
            throw .invalid(
                "'prompt' must be a string, or an array of one string: one prompt is completed at a time, and tokens"
                    + " cannot be told apart without the model.", param: "prompt", code: "invalid_type")
        }
        return only
    }

    private func refuseForeign(_ body: RequestBody) throws(APIError) {
        let foreign = [
            ("suffix", body["suffix"] != nil), ("logprobs", body["logprobs"] != nil),
            ("echo", body["echo"].map { $0.bool != false } ?? false),
            ("best_of", body["best_of"].map { $0.int != 1 } ?? false),
        ]
        if try body.flag("background", default: false) {
            throw .invalid(
                "'background' is not supported here: a task is begun by a chat completion.", param: "background",
                code: "unsupported_parameter")
        }
        for (name, isGiven) in foreign where isGiven {
            throw .invalid(
                "'\(name)' has no meaning for models of chats.", param: name, code: "unsupported_parameter")
        }
    }

    /// The same request as one for a chat.
    private func chat(
        _ body: RequestBody, _ prompt: JSONValue, _ parser: JSONParser
    ) throws(APIError) -> JSONDocument {
        let omitted: [StaticString] = [
            "prompt", "suffix", "echo", "logprobs", "best_of", "messages", "models", "background",
        ]
        var text = ByteBuffer()
        text.appendJSON {
            $0.object { writer in
                for member in body.root.members where !omitted.contains(where: { member.hasKey($0) }) {
                    writer.key(member.key)
                    member.value.withSource { writer.element(raw: $0) }
                }
                writer.array("messages") { $0.message(role: "user", prompt) }
            }
        }
        return try parser.document(text)
    }
}
