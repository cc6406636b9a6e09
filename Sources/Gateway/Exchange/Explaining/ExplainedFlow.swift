import Policies
import Upstreams

/// An explained request on its way through the policies: what each of them may look at, and what they have made of it.
struct ExplainedFlow {
    /// As the policies before leave it.
    var request: CompletionRequest
    /// The body that is validated.
    let written: WrittenBody?
    let facts: RequestFacts
    let listener: String
    let asked: RequestedRoute
    /// The client's head.
    let head: RequestHead
    let parser: JSONParser
    /// Where kept answers are, and what time it is there.
    let logs: LogStore
    let now: MonotonicTime
    /// The first no that counts. What comes after it still tells what it would say.
    private(set) var refusal: APIError?

    init(
        _ request: CompletionRequest, written: WrittenBody?, _ facts: RequestFacts, listener: String,
        asked: RequestedRoute, head: RequestHead, parser: JSONParser, logs: LogStore, now: MonotonicTime
    ) {
        self.request = request
        self.written = written
        self.facts = facts
        self.listener = listener
        self.asked = asked
        self.head = head
        self.parser = parser
        self.logs = logs
        self.now = now
    }

    var route: ModelTable.Route { asked.route }

    /// Of the request's `cache-control` field.
    var directives: CacheDirectives { CacheDirectives(head.value(of: "cache-control")) }

    /// What policies may write into requests and fields.
    var values: PlaceholderValues {
        PlaceholderValues(facts.identity, model: facts.model, requestID: request.requestID)
    }

    mutating func refuse(_ error: APIError) { refusal = refusal ?? error }
}
