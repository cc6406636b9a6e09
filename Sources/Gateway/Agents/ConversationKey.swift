import Upstreams

/// Names a conversation: whose it is, with which agent, and its id among those.
struct ConversationKey: Hashable, Sendable {
    /// The caller; conversations of one are never seen by another.
    let owner: String
    let agent: String
    let id: String

    /// Tells it from all others by characters that any name of a key may have.
    var digest: Digest {
        var text = ByteBuffer()
        text.appendJSON {
            $0.array {
                $0.element(owner)
                $0.element(agent)
                $0.element(id)
            }
        }
        return text.withBytes { SHA256.hash($0) }
    }
}
