import Policies
import Upstreams

extension APIError {
    /// Milliseconds above which clients had better not wait by themselves; some ignore longer waits and try at once.
    private static let longestWait = 60_000

    /// A policy's no as clients are told it (API page, "Common to all"). `policy`: the policy's name.
    init(_ refusal: Refusal, policy: String) {
        self.init(
            refusal.status, type: refusal.type, code: refusal.code, param: refusal.param, refusal.message)
        self.policy = policy
        retryAfter = refusal.retryAfter
        switch refusal.kind {
        case .quota: shouldRetry = false
        case .requests, .tokens:
            if refusal.retryAfter.map({ $0 > Self.longestWait }) ?? true { shouldRetry = false }
        case .overloaded: source = .gateway
        case .authentication, .permission, .invalid, .contextLength, .queueTimeout: break
        }
    }
}

extension Refusal {
    fileprivate var status: HTTPStatus {
        switch kind {
        case .authentication: .unauthorized
        case .permission: .forbidden
        case .invalid, .contextLength: .badRequest
        case .requests, .tokens, .quota: .tooManyRequests
        case .queueTimeout: .requestTimeout
        case .overloaded: .serviceUnavailable
        }
    }

    fileprivate var type: String {
        switch kind {
        case .authentication, .invalid, .contextLength: "invalid_request_error"
        case .permission: "permission_error"
        case .requests: "requests"
        case .tokens: "tokens"
        case .quota: "insufficient_quota"
        case .queueTimeout: "timeout_error"
        case .overloaded: "service_unavailable_error"
        }
    }

    fileprivate var code: String? {
        switch kind {
        case .authentication: "invalid_api_key"
        case .permission: nil
        case .invalid(let code): code
        case .contextLength: "context_length_exceeded"
        case .requests, .tokens: "rate_limit_exceeded"
        case .quota: "insufficient_quota"
        case .queueTimeout: "queue_timeout"
        case .overloaded: "server_is_overloaded"
        }
    }
}
