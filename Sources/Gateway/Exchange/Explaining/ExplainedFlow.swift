import Policies
import Upstreams

/// An explained request on its way through the policies: what each of them may look at, and what they have made of it.
struct ExplainedFlow {
    /// As the policies before leave it.
    var request: CompletionRequest
    let facts: RequestFacts
    let listener: String
    let route: ModelTable.Route
    /// Of the request's `cache-control` field.
    let directives: CacheDirectives
    let parser: JSONParser
    /// The first no that counts. What comes after it still tells what it would say.
    private(set) var refusal: APIError?

    init(
        _ request: CompletionRequest, _ facts: RequestFacts, listener: String, route: ModelTable.Route,
        directives: CacheDirectives, parser: JSONParser
    ) {
        self.request = request
        self.facts = facts
        self.listener = listener
        self.route = route
        self.directives = directives
        self.parser = parser
    }

    mutating func refuse(_ error: APIError) { refusal = refusal ?? error }
}
