/// Whose request bodies can be validated (OpenAI API reference).
package enum ValidationEndpoint: String, CaseIterable, Sendable {
    /// `POST /v1/chat/completions`
    case chat
    /// `POST /v1/completions`
    case completions
    /// `POST /v1/embeddings`
    case embeddings
    /// `POST /v1/moderations`
    case moderations
    /// `POST /v1/responses`
    case responses
}
