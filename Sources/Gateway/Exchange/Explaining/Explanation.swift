import Policies

/// What becomes of a request, and why: who asks, what each policy says in its order, and where it goes.
struct Explanation {
    let asked: ExplainedRequest
    /// The path as metrics name it; nil: there is none.
    var route: Route?
    var identity: Identity?
    /// What policies know of the request; nil: it ends before they are asked, or its path asks none.
    var facts: RequestFacts?
    /// In the order in which they act.
    var policies: [PolicyExplanation] = []
    /// What the client is answered with; nil: the request passes.
    var refusal: APIError?
    /// Where a completion goes; nil for other paths, and when the model is not known.
    var model: ModelExplanation?
}
