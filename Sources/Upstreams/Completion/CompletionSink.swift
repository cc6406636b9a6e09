/// Who takes what an upstream makes of a request: the canonical sequence of events of one completion.
///
/// Order: `begin` once, any number of `append`, `end` once and last. A failure before the provider has accepted is
/// `end` alone. Everything is called on the loop's thread, and nothing before `Upstream.start` has returned.
package protocol CompletionSink: AnyObject {
    /// The provider has accepted the request (status 2xx).
    func begin(_ head: AnswerHead)
    /// One event: for a stream the JSON of a `chat.completion.chunk`, else the JSON of the whole answer. The bytes are
    /// valid during the call only.
    func append(_ payload: RawSpan, _ facts: ChatChunkFacts)
    /// The completion has ended; nil: properly, with all that belongs to it.
    func end(_ error: UpstreamError?)
    /// Whether enough waits to be read; an upstream that asks pauses, and is resumed by `CompletionCall.resume()`.
    var isFull: Bool { get }
    /// An upstream that asked has paused.
    func didPause()
}

extension CompletionSink {
    package func didPause() {}
}
