/// A provider of completions, as one worker sees it: an adapter of the provider's protocol to the canonical form.
package protocol Upstream: AnyObject {
    /// Starts one attempt at `request` on these terms. The sink is held until it has heard `end`, or until the call is
    /// cancelled.
    func start(_ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink) -> any CompletionCall
    /// The call that `start` would make, without making it; nil: nothing leaves the process. Throws why the provider
    /// cannot be asked for it.
    func preview(_ request: CompletionRequest, model: String) throws(UpstreamError) -> TransportRequest?
    /// Whether its models can be asked for this. `start` is called for nothing else.
    func serves(_ operation: ModelOperation) -> Bool
}

extension Upstream {
    package func serves(_ operation: ModelOperation) -> Bool { operation == .chat }
    package func preview(_ request: CompletionRequest, model: String) throws(UpstreamError) -> TransportRequest? { nil }
}

/// One attempt under way.
package protocol CompletionCall: AnyObject {
    /// Ends the attempt at once, in any phase; the sink hears nothing afterwards.
    func cancel()
    /// The sink is no longer full.
    func resume()
}
