/// What a request asks for that its provider cannot be asked for. The first finding is told to the client, as OpenAI
/// would have put it; encoding goes on after it, so that encoders need not stop in mid-sentence.
struct Refusals {
    private(set) var first: UpstreamError?

    /// The provider's API has nothing like it.
    mutating func unsupported(_ param: String, _ what: String) {
        add(param, code: "unsupported_parameter", "Unsupported parameter: \(what).")
    }

    /// The field is known, this value of it is not.
    mutating func unsupportedValue(_ param: String, _ what: String) {
        add(param, code: "unsupported_value", "Unsupported value: \(what).")
    }

    /// The value is not what OpenAI's API has there.
    mutating func invalid(_ param: String, _ what: String) {
        add(param, code: "invalid_value", "Invalid value: \(what).")
    }

    private mutating func add(_ param: String, code: String, _ message: String) {
        guard first == nil else { return }
        let answer = UpstreamError.Answer(
            status: 400, OpenAIError(message: message, type: "invalid_request_error", param: param, code: code))
        first = UpstreamError(.status, "The provider's API cannot be asked for '\(param)'.", answer: answer)
    }
}
