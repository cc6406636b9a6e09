import Upstreams

/// A client's request as its dialect has decoded it.
struct DialectRequest {
    /// What is asked, in the canonical form.
    var completion: CompletionRequest
    /// Writes the answer.
    let encoder: any AnswerEncoder
    /// The callers whom the body names, where they are no part of the canonical request.
    var callers = CallerIDs()
    /// The client's own body, which `validate` policies look at; nil: they look at the canonical request.
    var written: WrittenBody?
    /// How the answer is shared, where the dialect decides that; nil: cache policies do.
    var sharing: AnswerSharing?
    /// How often and how long an answer is tried; nil: as long as the upstream's own timeouts allow.
    var tries: TryTerms?
    /// The client asks for a task instead of an answer.
    var wantsTask = false
    /// The client may ask to come back for the rest of its stream.
    var mayResume = false

    /// Callers behind the client, as subjects of limits.
    struct CallerIDs {
        var client: String?
        var user: String?
    }
}
