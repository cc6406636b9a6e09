import Upstreams

/// What a dialect may look at besides a body: the head that came before it, and the configuration.
struct DialectContext {
    let runtime: Runtime
    let parser: JSONParser
    let head: RequestHead
    let requestID: String
    /// The listener through which it came.
    let listener: String

    /// What goes to an upstream that gets the callers' own keys; nil: none was shown, or one of the gateway's own.
    var callerKey: String? { runtime.providerKey(in: head, listener: listener) }
}
