/// On what terms a log is kept for others who ask the same.
struct CacheTerms: Sendable {
    /// Names all that decides the answer.
    let key: Digest
    /// The model as the client named it.
    let model: String
    /// Milliseconds for which a finished answer serves; 0: it serves only those who come while it is written.
    let timeToLive: Int
    /// The largest answer that is kept, in bytes.
    let maxBytes: Int
    /// The stream in a shared store that other programs follow; nil: there is none.
    var statusStream: String?
}
