/// What a text of the configuration may name of a request: the word in braces, such as `{user}`.
package enum Placeholder: String, CaseIterable, Hashable, Sendable {
    case user
    case team
    case keyID = "key_id"
    /// As the client named it.
    case model
    case requestID = "request_id"
}
