import Upstreams

/// An error as clients are told it (API page, "Common to all"): an HTTP status and OpenAI's four fields.
///
/// The message says what was wrong and what would be right; never a key, a path of the machine or an internal address.
struct APIError: Error, Sendable {
    let status: HTTPStatus
    let type: String
    let code: String?
    /// The field at fault, such as `messages[2].role`.
    let param: String?
    private(set) var message: String
    /// When to come back, in milliseconds; sent as `retry-after` and `retry-after-ms`.
    var retryAfter: Int?
    /// The policy that refuses; sent as `x-policy`.
    var policy: String?
    /// Sent as `x-should-retry` where clients would decide wrongly by themselves.
    var shouldRetry: Bool?
    /// Who is at fault, for metrics and logs.
    var source = ErrorSource.client

    init(
        _ status: HTTPStatus, type: String = "invalid_request_error", code: String? = nil, param: String? = nil,
        _ message: String
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.message = message
    }

    /// Says what somebody else has said of it, too.
    mutating func quote(_ words: String) {
        message = "\(message.hasSuffix(".") ? String(message.dropLast()) : message): \(words)"
    }

    /// The label in metrics and logs.
    var label: String { code ?? type }

    /// The response's fields that say more than the body.
    var fields: [(name: StaticString, value: String)] {
        var fields: [(name: StaticString, value: String)] = []
        switch status {
        case .unauthorized: fields.append(("www-authenticate", "Bearer"))
        case .unsupportedMediaType: fields.append(("accept-encoding", "identity"))
        default: break
        }
        if let policy { fields.append(("x-policy", policy)) }
        if let shouldRetry { fields.append(("x-should-retry", shouldRetry.description)) }
        if let retryAfter {
            fields.append(("retry-after", String((retryAfter + 999) / 1000)))
            fields.append(("retry-after-ms", String(retryAfter)))
        }
        return fields
    }

    /// `{"error":{…}}`
    func write(to buffer: inout ByteBuffer) {
        OpenAIError(message: message, type: type, param: param, code: code).write(to: &buffer)
    }
}

// MARK: The client's errors

extension APIError {
    static func invalid(_ message: String, param: String? = nil, code: String? = "invalid_value") -> APIError {
        APIError(.badRequest, code: code, param: param, message)
    }

    static func bodyTooLarge(limit: Int) -> APIError {
        APIError(
            .contentTooLarge, code: "request_too_large",
            limit == 0
                ? "This call takes no body." : "The request's body is too large: the limit is \(limit) bytes.")
    }

    /// Only what is to be read as it stands is taken (RFC 9110 section 15.5.16).
    static func unsupportedCoding(_ coding: String) -> APIError {
        APIError(
            .unsupportedMediaType, code: "unsupported_content_encoding",
            "The body has the content-encoding '\(coding.prefix(64))'; send it without one.")
    }

    static func bodyTimeout(milliseconds: Int) -> APIError {
        APIError(
            .requestTimeout, type: "timeout_error", code: "request_timeout",
            "The request's body did not come within \(milliseconds) ms.")
    }

    /// What is no well-formed HTTP.
    init(_ error: HTTPParseError) {
        let isTimeout = error.status == .requestTimeout
        self.init(
            error.status, type: isTimeout ? "timeout_error" : "invalid_request_error",
            code: isTimeout ? "request_timeout" : "invalid_http", "Bad request: \(error.message).")
    }

    static func unknownRequest(_ id: String) -> APIError {
        APIError(
            .notFound, code: "request_not_found",
            "No request '\(id.prefix(64))' is under way; GET /admin/requests lists those that are.")
    }

    static let missingKey = APIError(
        .unauthorized, code: "invalid_api_key",
        "You didn't provide an API key. Send it as 'Authorization: Bearer YOUR_KEY'.")

    /// OpenAI's words, which clients look for; no more of the key than its last four characters.
    static func wrongKey(_ key: String) -> APIError {
        let hint = key.utf8.count > 8 ? "sk-…\(key.suffix(4))" : "…"
        return APIError(.unauthorized, code: "invalid_api_key", "Incorrect API key provided: \(hint).")
    }

    static let expiredKey = APIError(
        .unauthorized, code: "invalid_api_key", "This API key has expired. Ask your operator for a new one.")

    static let disabledKey = APIError(
        .unauthorized, code: "invalid_api_key", "This API key is disabled. Ask your operator.")

    /// For operators who name the key to act as.
    static func unknownKeyID(_ id: String) -> APIError {
        .invalid("There is no key with the id \(id.quoted).", param: "key_id", code: "unknown_key")
    }

    /// What an operator may do, and who asked may not.
    static func notAnOperator(_ message: String) -> APIError {
        APIError(.forbidden, type: "permission_error", message)
    }

    static func unknownModel(_ model: String) -> APIError {
        APIError(
            .notFound, code: "model_not_found", param: "model",
            "The model '\(model.prefix(200))' does not exist or you do not have access to it.")
    }

    /// No upstream of the model has an endpoint for it.
    static func unservedOperation(_ operation: ModelOperation, model: String) -> APIError {
        APIError(
            .notFound, code: "model_not_found", param: "model",
            "The model '\(model.prefix(200))' does not serve /v1\(operation.path); ask for another model.")
    }

    /// Form data that cannot be read, or could be read in two ways.
    static func malformedForm(_ error: MultipartError) -> APIError {
        .invalid("The body is not valid multipart/form-data: \(error.message).", code: "invalid_multipart")
    }

    /// Form data are on their way to a provider when their model comes.
    static let lateModel = APIError.invalid(
        "The part 'model' must come before the files, within the first \(Upload.prefixBytes) bytes.", param: "model")

    /// What belongs to no model is not for keys of some models.
    static let keyOfSomeModels = APIError(
        .forbidden, type: "permission_error", code: "models_restricted",
        "This API key may use some models only; files, batches and kept responses belong to none. Ask your operator for"
            + " another key.")

    static func unknownClient(_ id: String) -> APIError {
        APIError(
            .notFound, code: "client_not_found", param: "client_id",
            "Nothing is known of the client '\(id.prefix(200))': it has used no budget of tokens.")
    }

    static func unknownPath(_ method: String, _ path: String) -> APIError {
        APIError(
            .notFound, code: "unknown_url", "Unknown request URL: \(method) \(path.prefix(200)). See GET / for a start."
        )
    }

    static func notConfigured(_ path: String, section: StaticString) -> APIError {
        APIError(
            .notFound, code: "not_configured",
            "\(path.prefix(200)) is not served here: the gateway's configuration has no '\(section)'.")
    }

    static func wrongMethod(_ method: String, allowed: String) -> APIError {
        APIError(
            .methodNotAllowed, code: "method_not_allowed", "Method \(method) is not allowed here; use \(allowed).")
    }
}

// MARK: The gateway's own errors

extension APIError {
    static let shuttingDown = APIError.unavailable("The gateway is shutting down; try again.", retryAfter: 1000)

    /// Not worth a second try: an operator did not want the first.
    static var cancelledByOperator: APIError {
        var error = APIError(
            .serviceUnavailable, type: "service_unavailable_error", code: "cancelled_by_operator",
            "An operator of the gateway has ended this request.")
        error.shouldRetry = false
        error.source = .gateway
        return error
    }

    static func unavailable(_ message: String, retryAfter: Int) -> APIError {
        var error = APIError(
            .serviceUnavailable, type: "service_unavailable_error", code: "server_is_overloaded", message)
        error.retryAfter = retryAfter
        error.source = .gateway
        return error
    }

    /// The gateway ended an answer.
    init(_ cause: CompletionEnd.Cause) {
        switch cause {
        case .shuttingDown:
            self = .shuttingDown
        case .abandoned, .writerLost:
            self.init(
                .internalServerError, type: "server_error", code: "completion_interrupted",
                "The answer was interrupted within the gateway; ask again.")
            source = .gateway
        }
    }

    /// A reader of a kept answer was slower than its bound allows.
    static var overrun: APIError {
        var error = APIError(
            .internalServerError, type: "server_error", code: "stream_overrun",
            "The stream was read too slowly: events that had not been read are no longer kept.")
        error.source = .gateway
        return error
    }

    /// An answer that has to be kept whole until its end is longer than that may be.
    static func answerTooLarge(limit: Int) -> APIError {
        var error = APIError(
            .internalServerError, type: "server_error", code: "answer_too_large",
            "The answer is longer than the \(limit) bytes that are kept of one.")
        error.source = .gateway
        return error
    }

    /// `cache-control: only-if-cached` without a kept answer (RFC 9111 section 5.2.1.7).
    static let notCached = APIError(
        .gatewayTimeout, type: "invalid_request_error", code: "not_cached",
        "No answer to this request is kept, and 'cache-control: only-if-cached' asks for no other.")

    static let streamGone = APIError(
        .notFound, code: "stream_not_found",
        "There is no such stream, or it is no longer kept, or it belongs to someone else.")

    /// A client that comes back to a stream which is over names an event that it never had.
    static let noSuchEvent = APIError.invalid(
        "The stream is over and has no event of this id; without an id it is told from its start.",
        param: "Last-Event-ID")
}
