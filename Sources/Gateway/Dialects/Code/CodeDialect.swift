import Upstreams

/// `POST /generate-code/` (API page, code dialect): a prompt, and the answer's text as it is made.
struct CodeDialect: Dialect {
    let name = "code"
    private let settings: CodeDialectConfiguration

    init(_ settings: CodeDialectConfiguration) { self.settings = settings }

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let body = try RequestBody(body, guarding: ["prompt"])
        let prompt = try body.text("prompt")
        guard prompt.utf8Count ?? 0 <= settings.maxPromptBytes else {
            throw .invalid(
                "'prompt' is too long: the limit is \(settings.maxPromptBytes) bytes of UTF-8.", param: "prompt",
                code: "string_above_max_length")
        }
        let request = try CompletionRequest.make(model: settings.model, isStream: true, in: context) {
            if let system = settings.system { $0.message(role: "system", system) }
            $0.message(role: "user", prompt)
        }
        return DialectRequest(
            completion: request, encoder: CodeEncoder(context.parser), tries: settings.tries)
    }
}
