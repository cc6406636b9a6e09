/// Where a log is in the store that replicas share: what the names of its keys are made of.
///
/// All keys of a log, and of all logs that answer one question, share a tag, so that they lie in one slot of a cluster.
struct LogAddress: Hashable, Sendable {
    let id: LogID
    /// The question's key, or the log's own id if nobody else is to find it.
    let tag: String
    /// The whole name of the stream that other programs follow; nil: there is none.
    let statusStream: String?

    init(_ id: LogID, _ terms: CacheTerms?) {
        self.id = id
        statusStream = terms?.statusStream
        // A name without braces lies in the slot of all of it.
        tag = statusStream ?? terms?.key.hexadecimal ?? id.description
    }

    init(_ id: LogID, tag: String) {
        self.id = id
        self.tag = tag
        statusStream = nil
    }
}
