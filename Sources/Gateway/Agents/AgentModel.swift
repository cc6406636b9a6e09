import Upstreams

/// Where an agent asks its model: each request goes the way of any completion.
protocol AgentModel: AnyObject {
    /// Asks. `request` is an OpenAI chat-completions request with `"stream": true`; throws a refusal. The answer wakes
    /// `wakeup` as it comes. Nil: the chat was interrupted meanwhile.
    func ask(_ request: consuming ByteBuffer, waking wakeup: Wakeup) async throws(APIError) -> (any AgentAnswer)?
}

/// The answer to one request of an agent, as it comes.
protocol AgentAnswer: AnyObject {
    /// Hands out all `chat.completion.chunk`s that wait. Throws when a guard refuses what is there.
    func drain(_ body: (RawSpan) -> Void) throws(APIError)
    /// Nil: more may come. Looked at after `drain`, which hands out what came before the end.
    var end: Result<Void, APIError>? { get }
    /// It was read to its end, or nobody wants the rest: `isWanted` says which.
    func close(isWanted: Bool)
}
