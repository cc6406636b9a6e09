/// What a provider is asked for: the families of endpoints of OpenAI's API. Chats may be streamed event by event;
/// embeddings and moderations come whole; all else is relayed as it is.
package enum ModelOperation: String, CaseIterable, Sendable {
    /// `POST /v1/chat/completions`, and whatever is translated to it.
    case chat
    /// `POST /v1/embeddings`
    case embeddings
    /// `POST /v1/moderations`
    case moderations
    /// `POST /v1/images/…`
    case images
    /// `POST /v1/audio/…`
    case audio
    /// `/v1/files…`, which belong to no model.
    case files
    /// `/v1/batches…`, which belong to no model.
    case batches
    /// `/v1/responses…`, of upstreams that have them; those of others are chats.
    case responses

    /// Whether bodies and answers are of any form, and pass as they come.
    package var isRelayed: Bool {
        switch self {
        case .chat, .embeddings, .moderations: false
        case .images, .audio, .files, .batches, .responses: true
        }
    }

    /// Below a provider's base URL; where there are several, what they have in common.
    package var path: StaticString {
        switch self {
        case .chat: "/chat/completions"
        case .embeddings: "/embeddings"
        case .moderations: "/moderations"
        case .images: "/images"
        case .audio: "/audio"
        case .files: "/files"
        case .batches: "/batches"
        case .responses: "/responses"
        }
    }
}
