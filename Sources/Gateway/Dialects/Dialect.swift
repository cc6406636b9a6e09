import Upstreams

/// One way in which clients ask for completions and hear the answers (API page).
///
/// Decodes a body to the canonical request and names the encoder of its answer. Everything between the two, policies,
/// cache, routing, pacing, is the same for all. Holds settings and no state of any request.
protocol Dialect: Sendable {
    /// The label in metrics, logs and policies.
    var name: String { get }
    /// What the request is in the canonical form. Refusals are told in the form that all dialects share.
    func decode(_ body: borrowing ByteBuffer, in context: DialectContext) throws(APIError) -> DialectRequest
}
