import Upstreams

/// `POST /chat` and `POST /chat/stream` with a `question` (API page, question dialect): statuses of one answer, which
/// those who ask the same share.
struct QuestionDialect: Dialect {
    let name = "question"
    private let settings: QuestionDialectConfiguration

    init(_ settings: QuestionDialectConfiguration) { self.settings = settings }

    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest {
        let body = try RequestBody(body, guarding: ["question", "message", "use_cache"])
        try requireQuestion(body)
        let question = try body.text("question")
        let usesCache = try body.flag("use_cache", default: true)
        let request = try CompletionRequest.make(model: settings.model, isStream: true, in: context) {
            if let system = settings.system { $0.message(role: "system", system) }
            $0.message(role: "user", question)
        }
        return DialectRequest(
            completion: request,
            encoder: QuestionEncoder(
                context.parser, maxBytes: context.runtime.configuration.bounds.maxLogBytes),
            sharing: AnswerSharing(
                purpose: "sluice question 1", scope: settings.scope, timeToLiveMs: settings.cacheTTLSeconds * 1000,
                whenAbandoned: settings.whenAbandoned == .cancel ? .cancel : .finish, isRefresh: !usesCache))
    }

    /// The path is the agent dialect's, too: the body says which of the two is meant.
    private func requireQuestion(_ body: RequestBody) throws(APIError) {
        switch (body["question"], body["message"]) {
        case (.some, .some):
            throw .invalid("The body must have either 'question' or 'message', not both.", param: "message")
        case (nil, .some):
            throw .invalid(
                "No agents are configured here; send a 'question'.",
                param: "message", code: "unsupported")
        case (nil, nil):
            throw .invalid("'question' is missing.", param: "question", code: "missing_required_parameter")
        case (.some, nil):
            break
        }
    }
}
