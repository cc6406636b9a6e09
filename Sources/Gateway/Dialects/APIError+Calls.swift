import Upstreams

extension APIError {
    /// A dialect whose events tell one call after another cannot tell what a provider mixes.
    static var mixedCalls: APIError {
        var error = APIError(
            .badGateway, type: "upstream_error", code: "upstream_malformed",
            "The provider mixed the pieces of several tool calls.")
        error.source = .upstream
        return error
    }
}
