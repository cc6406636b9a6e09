/// A provider that takes jobs and is asked how they fare, on one worker (docs/upstreams.md): each completion is one job.
package final class HTTPTaskUpstream: Upstream {
    let client: ProviderClient
    let settings: Settings
    private let body: HTTPTaskBody

    package init(client: ProviderClient, settings: Settings) {
        self.client = client
        self.settings = settings
        guard let template = unsafe try? client.parser.parse(settings.body.span.bytes) else {
            preconditionFailure("the configuration has written no JSON")
        }
        body = HTTPTaskBody(template: template.root)
    }

    package func start(
        _ request: CompletionRequest, _ terms: CallTerms, sink: any CompletionSink
    ) -> any CompletionCall {
        guard let slot = terms.slot ?? client.inFlight.take(atMost: client.settings.maxInFlight) else {
            return client.overloaded(sink)
        }
        let call = HTTPTaskCall(self, request, terms, slot: slot, sink: sink)
        call.start()
        return call
    }

    package func preview(_ request: CompletionRequest, model: String) throws(UpstreamError) -> TransportRequest? {
        submission(request, model: model, key: nil)
    }

    // MARK: Requests

    func submission(_ request: CompletionRequest, model: String, key: HTTPField?) -> TransportRequest {
        var submission = question(settings.submit, request, model: model, job: "", key: key)
        if submission.method.hasBody { submission.body = body.filled(for: request, model: model) }
        return submission
    }

    /// A call about a job; without a body.
    func question(
        _ call: Settings.Call, _ request: CompletionRequest, model: String, job: String, key: HTTPField?,
        accept: String = "application/json"
    ) -> TransportRequest {
        var fields = request.foreignFields
        fields.append(HTTPField("accept", accept))
        var question = client.encoded(
            request,
            TransportRequest(path: Self.path(call.path, model: model, job: job), fields: fields, body: ByteBuffer()))
        question.method = call.method
        if let key { question.fields.append(key) }
        return question
    }

    /// Names are percent-encoded, so that they lead nowhere else.
    private static func path(_ path: ArgumentText, model: String, job: String) -> String {
        path.pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .argument("job"): job.pathSegment
            case .argument("model"): model.pathSegment
            case .argument(let name): preconditionFailure("a path has no place for \(name)")
            }
        }.joined()
    }
}
