import Upstreams

/// A request whose history was cut, and what went.
struct TrimmedHistory {
    /// The request as it goes upstream; its document is the shortened text.
    let request: CompletionRequest
    var droppedMessages: Int
    var droppedTokens: Int

    /// Of the response, with `headerValue`.
    static let headerName: StaticString = "x-history-trimmed"

    /// The sum of what went here and before.
    func added(to earlier: TrimmedHistory?) -> TrimmedHistory {
        var sum = self
        sum.droppedMessages += earlier?.droppedMessages ?? 0
        sum.droppedTokens += earlier?.droppedTokens ?? 0
        return sum
    }

    var headerValue: String { "\(droppedMessages)/\(droppedTokens)" }
}
