import Upstreams

/// Who is told what an agent does, as it happens. Everything is called on the loop's thread.
protocol AgentEvents: AnyObject {
    /// A piece of the model's text.
    func chunk(_ text: RawSpan)
    /// A tool is about to be called.
    func toolStarted(_ call: AgentToolCall)
    /// A call is over; `call.outcome` says how.
    func toolEnded(_ call: AgentToolCall)
    /// So much waits for the client that the model should wait.
    var isFull: Bool { get }
}
