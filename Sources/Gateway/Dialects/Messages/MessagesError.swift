import Upstreams

/// An error as the Messages API tells it (docs.anthropic.com, "Errors").
struct MessagesError {
    private let type: StaticString
    private let message: String

    init(_ error: APIError) {
        type = Self.type(code: error.code, error.type, status: error.status.code)
        message = error.message
    }

    /// An error in OpenAI's form; nil if `body` is none.
    init?(provider body: [UInt8], _ parser: JSONParser) {
        let document = unsafe try? parser.parse(body.span.bytes)
        guard let error = document?.root["error"], error.kind == .object else { return nil }
        type = Self.type(code: error["code"]?.string, error["type"]?.string ?? "", status: 500)
        message = error["message"]?.string ?? "The provider reported an error without a message."
    }

    /// 529 is the API's own word for a service that has too much to do.
    static func status(of error: APIError) -> HTTPStatus {
        error.status == .serviceUnavailable ? HTTPStatus(529) : error.status
    }

    /// `{"type":"error","error":{…},"request_id":…}`
    func write(requestID: String, to body: inout ByteBuffer) {
        body.appendJSON {
            $0.object {
                $0.member("type", "error")
                $0.object("error") {
                    $0.member("type", type)
                    $0.member("message", message)
                }
                $0.member("request_id", requestID)
            }
        }
    }

    /// The code says more than the type, and both more than a status of the gateway.
    private static func type(code: String?, _ type: String, status: Int) -> StaticString {
        switch code {
        case "invalid_api_key": return "authentication_error"
        case "permission_denied": return "permission_error"
        case "model_not_found": return "not_found_error"
        case "request_too_large": return "request_too_large"
        case "rate_limit_exceeded": return "rate_limit_error"
        case "insufficient_quota": return status == 402 ? "billing_error" : "rate_limit_error"
        case "server_is_overloaded": return "overloaded_error"
        default: break
        }
        switch type {
        case "service_unavailable_error", "overloaded_error": return "overloaded_error"
        case "timeout_error": return "timeout_error"
        case "rate_limit_error", "requests", "tokens": return "rate_limit_error"
        case "authentication_error": return "authentication_error"
        case "permission_error": return "permission_error"
        default: break
        }
        switch status {
        case 401: return "authentication_error"
        case 402: return "billing_error"
        case 403: return "permission_error"
        case 404: return "not_found_error"
        case 408, 504: return "timeout_error"
        case 413: return "request_too_large"
        case 429: return "rate_limit_error"
        case 503: return "overloaded_error"
        case 500...: return type == "invalid_request_error" ? "invalid_request_error" : "api_error"
        default: return "invalid_request_error"
        }
    }
}
