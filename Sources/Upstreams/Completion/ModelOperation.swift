/// What a model is asked for: each operation is an endpoint of OpenAI's API with bodies of its own, and its answer comes
/// whole unless it is a chat's.
package enum ModelOperation: String, CaseIterable, Sendable {
    /// `POST /v1/chat/completions`, and whatever is translated to it.
    case chat
    /// `POST /v1/embeddings`
    case embeddings
    /// `POST /v1/moderations`
    case moderations

    /// Below a provider's base URL.
    package var path: StaticString {
        switch self {
        case .chat: "/chat/completions"
        case .embeddings: "/embeddings"
        case .moderations: "/moderations"
        }
    }
}
