import Upstreams

/// A request whose history was cut, and what went.
struct TrimmedHistory {
    /// The request as it goes upstream; its document is the shortened text.
    let request: CompletionRequest
    let droppedMessages: Int
    let droppedTokens: Int

    /// Of the response, with `headerValue`.
    static let headerName: StaticString = "x-history-trimmed"

    var headerValue: String { "\(droppedMessages)/\(droppedTokens)" }
}
