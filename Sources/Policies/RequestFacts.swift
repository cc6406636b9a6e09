/// What policies may know of a request: facts, no way to do anything.
///
/// Made once per request by the gateway, after the body was decoded. Time is not among them: who decides by time is
/// given it. Immutable, and a class, since each policy is handed them.
package final class RequestFacts: Sendable {
    /// `openai`, `question`, `code`, `agent`, `ask`.
    package let dialect: String
    /// As sent, percent-encoded, without the query; with `/api` in front taken away.
    package let path: String
    /// As the client named it.
    package let model: String
    package let identity: Identity
    /// The client's IP address.
    package let address: String
    package let isStream: Bool
    /// Names in lower case; the fields that a policy of the configuration asks for, and no others.
    package let headers: [String: String]
    /// The body's `user`, `user_id` and `client_id`, as text.
    package let bodyUser: String?
    package let bodyUserID: String?
    package let bodyClientID: String?
    /// Estimated tokens of the prompt.
    package let promptTokens: Int
    /// The most tokens that the answer may have, as the request says; nil: it does not.
    package let maxOutputTokens: Int?
    /// How many answers are asked for (`n`).
    package let choices: Int

    package init(
        dialect: String, path: String, model: String, identity: Identity, address: String, isStream: Bool,
        headers: [String: String] = [:], bodyUser: String? = nil, bodyUserID: String? = nil,
        bodyClientID: String? = nil, promptTokens: Int = 0, maxOutputTokens: Int? = nil, choices: Int = 1
    ) {
        self.dialect = dialect
        self.path = path
        self.model = model
        self.identity = identity
        self.address = address
        self.isStream = isStream
        self.headers = headers
        self.bodyUser = bodyUser
        self.bodyUserID = bodyUserID
        self.bodyClientID = bodyClientID
        self.promptTokens = promptTokens
        self.maxOutputTokens = maxOutputTokens
        self.choices = choices
    }
}
