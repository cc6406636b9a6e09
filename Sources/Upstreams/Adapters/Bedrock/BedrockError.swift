/// Errors of Amazon Bedrock (docs.aws.amazon.com, "Converse", errors) in OpenAI's words.
enum BedrockError {
    /// An exception in a stream. Its status is the one it would have had as a refusal.
    static func inBand(_ type: String, _ message: String?) -> UpstreamError {
        let (status, told) = translate(type, message, 500)
        return UpstreamError(
            .inBand, "The provider reported an error within its answer.",
            answer: UpstreamError.Answer(status: status, told))
    }

    /// A refusal: its type stands in a field, its message in the body.
    static func translate(_ answer: UpstreamError.Answer, _ parser: JSONParser) -> UpstreamError.Answer {
        let root = (unsafe try? parser.parse(answer.body.span.bytes))?.root
        let named = answer.head.value(of: "x-amzn-errortype") ?? root?["__type"]?.string
        guard let named else { return answer }
        // `ThrottlingException:http://internal.amazon.com/…`, or `com.amazon…#ThrottlingException`.
        let type = named.split(separator: ":").first?.split(separator: "#").last.map(String.init) ?? ""
        let message = root?["message"]?.string ?? root?["Message"]?.string
        let (status, told) = translate(type, message, answer.head.status)
        return UpstreamError.Answer(status: status, lines: answer.head.lines, told)
    }

    private static let rows: [(own: String, status: Int, type: String, code: String?)] = [
        ("validationexception", 400, "invalid_request_error", nil),
        ("modelerrorexception", 502, "server_error", nil),
        ("accessdeniedexception", 403, "invalid_request_error", "permission_denied"),
        ("unrecognizedclientexception", 403, "invalid_request_error", "invalid_api_key"),
        ("invalidsignatureexception", 403, "invalid_request_error", "invalid_api_key"),
        ("expiredtokenexception", 403, "invalid_request_error", "invalid_api_key"),
        ("resourcenotfoundexception", 404, "invalid_request_error", "model_not_found"),
        ("modeltimeoutexception", 504, "timeout_error", "upstream_timeout"),
        ("throttlingexception", 429, "requests", "rate_limit_exceeded"),
        ("servicequotaexceededexception", 429, "requests", "rate_limit_exceeded"),
        ("modelnotreadyexception", 503, "service_unavailable_error", "server_is_overloaded"),
        ("serviceunavailableexception", 503, "service_unavailable_error", "server_is_overloaded"),
        ("internalserverexception", 500, "server_error", nil),
        ("modelstreamerrorexception", 502, "server_error", nil),
    ]

    private static func translate(_ type: String, _ message: String?, _ fallback: Int) -> (Int, OpenAIError) {
        let message = message ?? "The provider reported an error without a message."
        let type = type.lowercased()
        for row in rows where row.own == type {
            return (row.status, OpenAIError(message: message, type: row.type, code: row.code ?? code(of: message)))
        }
        return (400..<600 ~= fallback ? fallback : 500, OpenAIError(message: message, type: "server_error"))
    }

    /// The provider has no code for a prompt that is too long, only words.
    private static func code(of message: String) -> String? {
        let isTooLong = message.contains("too long") || message.contains("maximum context length")
        return isTooLong ? "context_length_exceeded" : nil
    }
}
