import Upstreams

extension APIError {
    /// What a client is told of a provider's failure that may not be told in the provider's own form: its words where it
    /// said something in OpenAI's form, else the gateway's, with what it said in some other form.
    init(_ error: UpstreamError, _ parser: JSONParser) {
        let document = error.answer.flatMap { answer in unsafe try? parser.parse(answer.body.span.bytes) }
        guard let answer = error.answer, let told = document?.root["error"], told.kind == .object,
            let message = told["message"]?.string
        else {
            self.init(error)
            if error.cause == .status, let words = error.answer.flatMap({ ProviderError.words($0, parser) }) {
                quote(words)
            }
            return
        }
        let status = answer.head.status < 300 ? 502 : answer.head.status
        self.init(
            HTTPStatus(status), type: told["type"]?.string ?? "upstream_error", code: told["code"]?.string,
            param: told["param"]?.string, message)
        retryAfter = error.retryAfter
        shouldRetry = answer.head.value(of: "x-should-retry").flatMap { Bool($0) }
        source = .upstream
    }
}
