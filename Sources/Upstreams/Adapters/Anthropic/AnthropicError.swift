/// Errors of the Messages API (docs.anthropic.com, "Errors") in OpenAI's words.
enum AnthropicError {
    /// An error event, or an error where a message was to come. Its status is the one it would have had as a refusal.
    static func inBand(_ event: JSONValue) -> UpstreamError {
        let error = event["error"]
        let answer = UpstreamError.Answer(status: status(error?["type"], 500), translate(error))
        return UpstreamError(.inBand, "The provider reported an error within its answer.", answer: answer)
    }

    /// A refusal with its head in OpenAI's terms; the body stays as it is when it is not the provider's form.
    static func translate(_ answer: UpstreamError.Answer, now: Int, _ parser: JSONParser) -> UpstreamError.Answer {
        let lines = AnthropicHead.translate(answer.head, now: now).lines
        let document = unsafe try? parser.parse(answer.body.span.bytes)
        guard let error = document?.root["error"], error.kind == .object else {
            let status = answer.head.status == 529 ? 503 : answer.head.status
            return UpstreamError.Answer(head: AnswerHead(status: status, lines: lines), body: answer.body)
        }
        return UpstreamError.Answer(
            status: answer.head.status == 529 ? 503 : answer.head.status, lines: lines, translate(error))
    }

    private static func translate(_ error: JSONValue?) -> OpenAIError {
        let message = error?["message"]?.string ?? "The provider reported an error without a message."
        let type = error?["type"]
        for row in rows where type?.isString(row.own) == true {
            return OpenAIError(message: message, type: row.type, code: row.code ?? code(of: message))
        }
        return OpenAIError(message: message, type: "server_error")
    }

    private static func status(_ type: JSONValue?, _ fallback: Int) -> Int {
        rows.first { type?.isString($0.own) == true }?.status ?? fallback
    }

    private static let rows: [(own: StaticString, status: Int, type: String, code: String?)] = [
        ("invalid_request_error", 400, "invalid_request_error", nil),
        ("authentication_error", 401, "invalid_request_error", "invalid_api_key"),
        ("billing_error", 402, "insufficient_quota", "insufficient_quota"),
        ("permission_error", 403, "invalid_request_error", "permission_denied"),
        ("not_found_error", 404, "invalid_request_error", "model_not_found"),
        ("request_too_large", 413, "invalid_request_error", "request_too_large"),
        ("rate_limit_error", 429, "requests", "rate_limit_exceeded"),
        ("api_error", 500, "server_error", nil),
        ("timeout_error", 504, "timeout_error", "upstream_timeout"),
        ("overloaded_error", 503, "service_unavailable_error", "server_is_overloaded"),
    ]

    /// The provider has no code for a prompt that is too long, only words.
    private static func code(of message: String) -> String? {
        let isTooLong = message.hasPrefix("prompt is too long") || message.contains("exceed context limit")
        return isTooLong ? "context_length_exceeded" : nil
    }
}
