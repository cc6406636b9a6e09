import Upstreams

/// What an exchange is busy with from its request to the end of its response: one completion, or an agent's chats.
/// Hears of the client, and tells what policies and upstreams did.
protocol ExchangeWork: AnyObject {
    func clientLeft()
    func clientIsReady()
    /// The client has heard nothing for long.
    func keepAlive()
    func shutDown()
    /// An operator ends it: the client is told, and upstreams stop.
    func cancel()
    /// How far it has come.
    var progress: WorkProgress { get }

    /// Nanoseconds that upstreams have taken so far; nil if none was called.
    var upstreamNanoseconds: Int64? { get }
    /// Writes the fields of the response that policies and routing have.
    func writePolicyFields(to output: inout ByteBuffer)
    /// Fills in the access log and the metrics of a request that is over, and gives back what it held.
    func account(
        into entry: inout AccessLogEntry, _ outcome: RequestOutcome, errorCode: String, source: ErrorSource,
        duration: Int)
}
