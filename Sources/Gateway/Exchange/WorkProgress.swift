/// How far the work of an exchange has come, as operators are told it.
struct WorkProgress: Sendable {
    var phase: RequestPhase
    /// The upstream that is asked now, or was last, and its name of the model; empty: none.
    var upstream = ""
    var upstreamModel = ""
    /// Calls made to upstreams.
    var attempts = 0
    /// Events handed to the client.
    var events = 0
    /// What the cache did; empty: no policy asks for one.
    var cache = ""

    init(_ phase: RequestPhase) { self.phase = phase }

    init(_ phase: RequestPhase, _ record: DispatchRecord?, events: Int, cache: CacheStatus?) {
        self.phase = phase
        upstream = record?.upstream ?? ""
        upstreamModel = record?.model ?? ""
        attempts = record?.attempts ?? 0
        self.events = events
        self.cache = cache?.name ?? ""
    }
}
