/// How a request may share its answer with others.
struct CachePlan {
    let question: LogStore.Question
    let whenAbandoned: SharedLog.WhenAbandoned
    /// The request wants no kept answer, but its own may be kept.
    let isRefresh: Bool
    /// The request wants a kept answer or none (`only-if-cached`).
    let isOnlyCached: Bool
}
