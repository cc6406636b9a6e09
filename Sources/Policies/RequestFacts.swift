/// What policies may know of a request: facts, no way to do anything.
///
/// Made once per request by the gateway, after the body was decoded. Time is not among them: who decides by time is
/// given it.
package struct RequestFacts: Sendable {
    /// `openai`, `question`, `code`, `agent`, `ask`.
    package var dialect: String
    /// As sent, percent-encoded, without the query; with `/api` in front taken away.
    package var path: String
    /// As the client named it.
    package var model: String
    package var identity: Identity
    /// The client's IP address.
    package var address: String
    package var isStream: Bool
    /// Names in lower case; the fields that a policy of the configuration asks for, and no others.
    package var headers: [String: String]
    /// The body's `user`, `user_id` and `client_id`, as text.
    package var bodyUser: String?
    package var bodyUserID: String?
    package var bodyClientID: String?
    /// Estimated tokens of the prompt.
    package var promptTokens: Int
    /// The most tokens that the answer may have, as the request says; nil: it does not.
    package var maxOutputTokens: Int?
    /// How many answers are asked for (`n`).
    package var choices: Int

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
