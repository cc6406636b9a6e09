import Policies
import Upstreams

extension FailureKind {
    /// What a provider's failure means for what is tried next.
    init(_ error: UpstreamError, _ parser: JSONParser) {
        switch error.cause {
        case .connect: self = .connect
        case .tls: self = .tls
        case .connectTimeout, .firstEventTimeout, .idleTimeout, .totalTimeout: self = .timeout
        case .truncated: self = .truncated
        case .malformed: self = .malformed
        case .oversized: self = .oversized
        case .authentication: self = .authentication
        case .overloaded, .unavailable: self = .overloaded
        case .inBand: self = Self.told(error.answer, parser) ?? .serverError
        case .status: self = Self.status(error.answer, parser)
        }
    }

    private static func status(_ answer: UpstreamError.Answer?, _ parser: JSONParser) -> FailureKind {
        guard let answer else { return .serverError }
        switch answer.head.status {
        case 429: return told(answer, parser) == .quota ? .quota : .rateLimited
        case 402: return .quota
        case 404: return .modelNotFound
        case 529: return .overloaded
        case 503: return told(answer, parser) == .overloaded ? .overloaded : .serverError
        case 408, 409, 425, 500...: return .serverError
        default:
            let told = told(answer, parser)
            return told == .contextLength || told == .contentFilter ? told ?? .invalidRequest : .invalidRequest
        }
    }

    /// What the `code` or `type` of a provider's error says; nil: nothing that is known.
    private static func told(_ answer: UpstreamError.Answer?, _ parser: JSONParser) -> FailureKind? {
        guard let body = answer?.body, let document = unsafe try? parser.parse(body.span.bytes) else { return nil }
        // Some servers have the members of an error at the top.
        let error = document.root["error"] ?? document.root
        let words = [error["code"]?.string, error["type"]?.string].compactMap { $0 }
        for word in words {
            switch word {
            case "context_length_exceeded", "string_above_max_length": return .contextLength
            case "content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation": return .contentFilter
            case "insufficient_quota", "billing_hard_limit_reached": return .quota
            case "rate_limit_exceeded", "rate_limit_error", "requests", "tokens": return .rateLimited
            case "overloaded_error", "server_is_overloaded": return .overloaded
            default: continue
            }
        }
        if let message = error["message"]?.string?.lowercased(),
            message.contains("maximum context length") || message.contains("prompt is too long")
        {
            return .contextLength
        }
        return words.contains("invalid_request_error") ? .invalidRequest : nil
    }
}

extension UpstreamError {
    /// Whether the provider answered with a status of 4xx, which the breaker never counts.
    var isRefusal: Bool { cause == .status && answer.map { 400..<500 ~= $0.head.status } ?? false }
}
