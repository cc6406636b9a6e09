/// What an auth policy asks of a caller.
package enum AuthRequirement: String, CaseIterable, Sendable {
    /// One of `keys`.
    case key
    /// A JSON Web Token that keeps the rules of the policy's `jwt`.
    case jwt
    /// A certificate that one of the listener's `client_ca_file` signed.
    case clientCertificate = "client_certificate"
    /// Nothing: anyone may call, and nobody is known.
    case open
}
