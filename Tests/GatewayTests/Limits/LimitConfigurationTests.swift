import Policies
import Testing
import Upstreams

@testable import Gateway

@Suite("Configuration of limits")
struct LimitConfigurationTests {
    @Test(
        "What makes no sense is told",
        arguments: [
            (#"{ "kind": "rate_limit", "per": "user" }"#, [": expected requests or tokens, or both"]),
            (
                #"{ "kind": "rate_limit", "per": "user", "requests": 1, "burst_ms": 5 }"#,
                [#".burst_ms: expected only with "algorithm": "gcra", and at most window_ms"#]
            ),
            (
                #"{ "kind": "rate_limit", "per": "users", "requests": 1 }"#,
                [
                    ".per: expected one of user, key, team, model, ip, body_user, body_user_id, body_client_id, global"
                        + #" or header:NAME, found "users""#
                ]
            ),
            (#"{ "kind": "concurrency", "per": "user" }"#, [".max: missing; it is required"]),
            (
                #"{ "kind": "concurrency", "per": "user", "max": 1, "priority": [{ "keys": ["a"] }] }"#,
                [".priority: expected only with a queue"]
            ),
            (#"{ "kind": "budget", "per": "team" }"#, [": expected either usd or tokens"]),
            (#"{ "kind": "budget", "per": "team", "usd": 1, "tokens": 1 }"#, [": expected either usd or tokens"]),
            (
                #"{ "kind": "budget", "per": "team", "usd": 1, "soft": 2 }"#,
                [".soft: expected less than the budget"]
            ),
            (
                #"{ "kind": "budget", "per": "team", "usd": 1, "window": "week" }"#,
                [#".window: expected one of "hour", "day", "month", "total", found "week""#]
            ),
        ])
    func mistakes(_ policy: String, _ told: [String]) {
        let mistakes = ConfigFixture.mistakes(ConfigFixture.root(["policies": "[\(policy)]"]))
        #expect(mistakes == told.map { "policies[0]\($0)" })
    }

    @Test("Settings reach the rules")
    func settings() throws {
        let configuration = try ConfigFixture.load(
            ConfigFixture.root([
                "policies": #"""
                [{ "kind": "rate_limit", "per": "ip", "tokens": 60, "algorithm": "gcra", "burst_ms": 10000 },
                 { "kind": "concurrency", "per": "global", "max": 4, "lease_ms": 5000,
                   "queue": { "max": 9, "deadline_ms": 1500 } },
                 { "kind": "budget", "per": "body_client_id", "usd": 1.5, "soft": 0.25, "window": "day" }]
                """#
            ]))
        guard case .rateLimit(let rate) = configuration.policies[0].kind,
            case .concurrency(let places) = configuration.policies[1].kind,
            case .budget(let budget) = configuration.policies[2].kind
        else {
            Issue.record("other kinds")
            return
        }
        #expect(rate.settings.map(\.capacity) == [10])
        #expect(rate.settings.map(\.window) == [60_000_000_000])
        #expect(places.setting.lease == 5_000_000_000)
        #expect(places.setting.queue == .init(max: 9, deadline: 1_500_000_000))
        #expect(
            budget.setting
                == BudgetSetting(.nanodollars, limit: 1_500_000_000, period: .day, soft: 250_000_000))
    }

    @Test(
        "Refusals become OpenAI's errors",
        arguments: [
            (Refusal(.authentication, "m"), 401, "invalid_request_error", "invalid_api_key", nil),
            (Refusal(.permission, "m"), 403, "permission_error", nil, nil),
            (Refusal(.invalid(code: "c"), "m", param: "p"), 400, "invalid_request_error", "c", nil),
            (Refusal(.contextLength, "m"), 400, "invalid_request_error", "context_length_exceeded", nil),
            (Refusal(.requests, "m", retryAfter: 60_000), 429, "requests", "rate_limit_exceeded", nil),
            (Refusal(.tokens, "m", retryAfter: 60_001), 429, "tokens", "rate_limit_exceeded", false),
            (Refusal(.tokens, "m"), 429, "tokens", "rate_limit_exceeded", false),
            (Refusal(.quota, "m", retryAfter: 5), 429, "insufficient_quota", "insufficient_quota", false),
            (Refusal(.queueTimeout, "m"), 408, "timeout_error", "queue_timeout", nil),
            (Refusal(.overloaded, "m"), 503, "service_unavailable_error", "server_is_overloaded", nil),
        ] as [(Refusal, Int, String, String?, Bool?)])
    func errors(_ refusal: Refusal, _ status: Int, _ type: String, _ code: String?, _ shouldRetry: Bool?) {
        let error = APIError(refusal, policy: "mine")
        #expect(error.status.code == status)
        #expect(error.type == type && error.code == code && error.param == refusal.param)
        #expect(error.policy == "mine" && error.shouldRetry == shouldRetry && error.retryAfter == refusal.retryAfter)
    }
}
