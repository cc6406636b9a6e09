import Upstreams

/// One way in which clients ask for completions and hear the answers (API page).
///
/// Decodes a body to the canonical request and names the encoder of its answer. Everything between the two, policies,
/// cache, routing, pacing, is the same for all. Holds settings and no state of any request.
protocol Dialect: Sendable {
    /// The label in metrics, logs and policies.
    var name: String { get }
    /// Another name than `x-request-id` under which clients look for the request's id.
    var requestIDField: StaticString? { get }
    /// What its requests ask models for; a label in metrics.
    var operation: ModelOperation { get }
    /// What a body is in the canonical form.
    func decode(_ body: JSONDocument, in context: DialectContext) throws(APIError) -> DialectRequest
    /// How an error is told before the first byte of an answer; unless said otherwise in the form that all share.
    func status(of error: APIError) -> HTTPStatus
    func write(_ error: APIError, requestID: String, to body: inout ByteBuffer)
}

extension Dialect {
    var requestIDField: StaticString? { nil }
    var operation: ModelOperation { .chat }
    func status(of error: APIError) -> HTTPStatus { error.status }
    func write(_ error: APIError, requestID: String, to body: inout ByteBuffer) { error.write(to: &body) }
}
