/// What a token must be, apart from being signed, and what its claims say about the caller.
package struct JWTRules: Sendable {
    package var algorithms: Set<JWTAlgorithm>
    /// `iss`; nil: any.
    package var issuer: String?
    /// Of which `aud` must hold one; empty: any.
    package var audiences: [String] = []
    /// Seconds that clocks may differ.
    package var leeway = 30.0
    package var user = ClaimName("sub")
    /// Nil: none has a team.
    package var team: ClaimName?
    /// Nil: every model may be used.
    package var models: ClaimName?

    package init(algorithms: Set<JWTAlgorithm>) { self.algorithms = algorithms }
}
