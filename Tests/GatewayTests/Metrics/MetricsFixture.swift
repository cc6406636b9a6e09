@testable import Gateway

/// A registry in which something was counted in every family.
enum MetricsFixture {
    static func everything() -> MetricsRegistry {
        let registry = MetricsRegistry(worker: 3)
        registry.listener("public").values.accepted = 1
        let route = registry.route(HTTPKey(method: "POST", secure: false, route: "/v1/chat/completions"))
        route.values.began()
        route.values.ended(status: 200, nanoseconds: 1)
        let request = registry.request(RequestKey(dialect: "openai", operation: "chat", model: "gpt-4o"))
        request.values.firstToken(after: 2_000_000)
        request.values.output(tokens: 11, in: 100_000_000)
        request.values.ended(upstream: "openai", status: 200, nanoseconds: 100_000_000)
        request.values.ended(
            upstream: "openai", status: 502, nanoseconds: 5, error: (source: .upstream, code: "upstream_error"))
        request.values.clientLeft(.responding)
        request.values.cached("hit")
        request.values.saved(input: 7, output: 9)
        request.values.mended += 1
        request.values.fallbacks += 1
        request.values.hedges += 1
        let upstream = registry.upstream(
            UpstreamKey(upstream: "openai", provider: "openai", operation: "chat", model: "gpt-4o-2024"))
        upstream.values.began()
        upstream.values.firstEvent(after: 3)
        upstream.values.event(gap: 20_000_000)
        upstream.values.used(input: 100, output: 11, cached: 64)
        upstream.values.cost(360_000)
        upstream.values.pauses += 1
        upstream.values.ended(nanoseconds: 90_000_000)
        upstream.values.began()
        upstream.values.ended(nanoseconds: 90_000_000, error: "stream_truncated")
        upstream.values.retries += 1
        registry.policy(PolicyKey(policy: "size", kind: "validate", mode: "enforce")).values.refused += 1
        return registry
    }
}
