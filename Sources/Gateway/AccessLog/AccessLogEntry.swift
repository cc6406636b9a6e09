/// What is known of a request when it has ended: one line of the access log.
///
/// Holds no header, no query, no body and no key: only a key's id.
struct AccessLogEntry: Sendable {
    /// When the request came: nanoseconds since the Unix epoch.
    var time = 0
    var requestID = ""
    var listener = ""
    var clientAddress = ""
    var method = ""
    /// Without the query, which may hold secrets.
    var path = ""
    /// 0 if no status was sent.
    var status = 0
    /// Below, an empty text or nil means that it is not known or does not apply, and is left out of the line.
    var dialect = ""
    /// The model as the client wrote it.
    var model = ""
    var upstream = ""
    var upstreamModel = ""
    var stream = false
    var outcome = RequestOutcome.completed
    /// The stable code of the error, if there was one.
    var errorCode = ""
    /// What policies decided, in their order, but for letting it pass.
    var decisions: [PolicyDecision] = []
    /// Bytes from and to the client.
    var bytesIn = 0
    var bytesOut = 0
    var durationNanoseconds = 0
    var firstEventNanoseconds: Int?
    /// Time spent waiting for upstreams.
    var upstreamNanoseconds: Int?
    var tokensIn: Int?
    var tokensOut: Int?
    var tokensCached: Int?
    /// Nano-dollars of the answer; nil: nobody knows.
    var cost: Int?
    /// The id of the key that was used, never the key.
    var keyID = ""
    var user = ""
    /// What the cache did: `hit`, `live`, `miss` or `bypass`.
    var cache = ""
    /// Calls made to upstreams.
    var attempts = 0
    /// The calls one by one.
    var calls = AttemptList()
    /// The id of the task that the request began, or that this is the making of.
    var task = ""
    /// Such as `TLSv1.3`.
    var tlsVersion = ""
}
