import Upstreams

/// What a dialect may look at besides a body: the head that came before it, and the configuration.
struct DialectContext {
    let runtime: Runtime
    let parser: JSONParser
    let head: RequestHead
    let requestID: String
}
