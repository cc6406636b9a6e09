/// Errors of Google's APIs (google.rpc.Status in JSON) in OpenAI's words.
enum GeminiError {
    /// An error where an answer was to come. Its status is the one it would have had as a refusal.
    static func inBand(_ error: JSONValue) -> UpstreamError {
        let (status, told) = translate(error, error["code"]?.int ?? 500)
        let answer = UpstreamError.Answer(status: status, told)
        return UpstreamError(.inBand, "The provider reported an error within its answer.", answer: answer)
    }

    /// The model called a tool in a way that the provider itself could not read: there is no answer.
    static let brokenCall = UpstreamError(
        .inBand, "The provider's model made a tool call that cannot be read.",
        answer: UpstreamError.Answer(
            status: 502,
            OpenAIError(
                message: "The provider's model made a tool call that cannot be read; try again.",
                type: "upstream_error", code: "malformed_tool_call")))

    /// A refusal; the body stays as it is when it is not the provider's form. Streams are refused with a list of one.
    static func translate(_ answer: UpstreamError.Answer, _ parser: JSONParser) -> UpstreamError.Answer {
        let document = unsafe try? parser.parse(answer.body.span.bytes)
        let root = document?.root
        let first = root?.kind == .array ? root?.elements.first { _ in true } : root
        guard let error = first?["error"], error.kind == .object else { return answer }
        let (status, told) = translate(error, answer.head.status)
        var lines = ByteBuffer(answer.head.lines)
        if answer.head.value(of: "retry-after") == nil, let seconds = retryDelay(error) {
            lines.append("retry-after: ")
            lines.append(decimal: seconds)
            lines.append("\r\n")
        }
        return UpstreamError.Answer(status: status, lines: lines.copy(), told)
    }

    private static let rows: [(own: StaticString, status: Int, type: String, code: String?)] = [
        ("INVALID_ARGUMENT", 400, "invalid_request_error", nil),
        ("FAILED_PRECONDITION", 400, "invalid_request_error", nil),
        ("OUT_OF_RANGE", 400, "invalid_request_error", nil),
        ("UNAUTHENTICATED", 401, "invalid_request_error", "invalid_api_key"),
        ("PERMISSION_DENIED", 403, "invalid_request_error", "permission_denied"),
        ("NOT_FOUND", 404, "invalid_request_error", "model_not_found"),
        ("RESOURCE_EXHAUSTED", 429, "requests", "rate_limit_exceeded"),
        ("INTERNAL", 500, "server_error", nil),
        ("UNAVAILABLE", 503, "service_unavailable_error", "server_is_overloaded"),
        ("DEADLINE_EXCEEDED", 504, "timeout_error", "upstream_timeout"),
    ]

    private static func translate(_ error: JSONValue, _ fallback: Int) -> (status: Int, OpenAIError) {
        let message = error["message"]?.string ?? "The provider reported an error without a message."
        if details(error).contains(where: { $0["reason"]?.isString("API_KEY_INVALID") == true }) {
            return (401, OpenAIError(message: message, type: "invalid_request_error", code: "invalid_api_key"))
        }
        for row in rows where error["status"]?.isString(row.own) == true {
            return (row.status, OpenAIError(message: message, type: row.type, code: row.code ?? code(of: message)))
        }
        let status = 400..<600 ~= fallback ? fallback : 500
        return (status, OpenAIError(message: message, type: "server_error"))
    }

    private static func details(_ error: JSONValue) -> [JSONValue] { error["details"]?.elements.map { $0 } ?? [] }

    /// Whole seconds of `RetryInfo`, which writes them as `32s` or `0.5s`; a part of one counts as one.
    private static func retryDelay(_ error: JSONValue) -> Int? {
        guard let text = details(error).lazy.compactMap({ $0["retryDelay"]?.string }).first, text.last == "s",
            let seconds = Double(text.dropLast()), seconds >= 0, seconds < 1_000_000
        else { return nil }
        return Int(seconds.rounded(.up))
    }

    /// The provider has no code for a prompt that is too long, only words.
    private static func code(of message: String) -> String? {
        let isTooLong = message.contains("token count") && message.contains("exceeds the maximum")
        return isTooLong ? "context_length_exceeded" : nil
    }
}
