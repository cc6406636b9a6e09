/// A policy's no, with the reason in words for the client.
///
/// The kind decides the HTTP status and OpenAI's `type` and `code`, which the gateway gives (API page).
package struct Refusal: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// 401 `invalid_api_key`
        case authentication
        /// 403 `permission_error`
        case permission
        /// 400 `invalid_request_error` with this code
        case invalid(code: String)
        /// 400 `context_length_exceeded`
        case contextLength
        /// 429 type `requests`, code `rate_limit_exceeded`
        case requests
        /// 429 type `tokens`, code `rate_limit_exceeded`
        case tokens
        /// 429 `insufficient_quota`
        case quota
        /// 408 `timeout_error`: waited too long for a place
        case queueTimeout
        /// 503 `server_is_overloaded`
        case overloaded
    }

    package var kind: Kind
    /// One or two sentences: which rule, its value, what was found or used, and what would be right.
    package var message: String
    /// The field at fault, such as `messages[2].role`.
    package var param: String?
    /// When to come back, in milliseconds; nil: trying again does not help, or nobody knows.
    package var retryAfter: Int?

    package init(_ kind: Kind, _ message: String, param: String? = nil, retryAfter: Int? = nil) {
        self.kind = kind
        self.message = message
        self.param = param
        self.retryAfter = retryAfter
    }
}
