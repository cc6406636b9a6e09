import Upstreams

/// Makes a canonical request of one of the Responses API (OpenAI API reference, "Create a model response").
///
/// Items are in ResponsesDecoder+Input.swift, parts of messages in ResponsesDecoder+Content.swift, tools and formats in
/// ResponsesDecoder+Tools.swift.
struct ResponsesDecoder: RequestTranslator {
    let root: JSONValue
    var failure: APIError?

    static let known: [StaticString] = [
        "model", "input", "instructions", "stream", "stream_options", "max_output_tokens", "temperature", "top_p",
        "reasoning", "text", "tools", "tool_choice", "parallel_tool_calls", "metadata", "store", "truncation",
        "include",
        "background", "previous_response_id", "conversation", "prompt", "context_management", "max_tool_calls",
        "top_logprobs", "messages", "max_completion_tokens", "max_tokens", "reasoning_effort", "response_format",
        "verbosity", "logprobs", "n", "models",
    ]

    /// What only a provider that keeps responses can do.
    private static let unsupported: [StaticString] = [
        "previous_response_id", "conversation", "prompt", "context_management",
    ]

    init(_ root: JSONValue) {
        self.root = root
        refuseForeign()
    }

    // MARK: Refusals

    static func complaint(_ param: String, _ what: String) -> String { "'\(param)' \(what)" }

    mutating func refuseMissing(_ param: String) {
        refuse(param, "is missing.", code: "missing_required_parameter")
    }

    /// The field is known, what it holds has no counterpart in the form that all models share.
    mutating func refuseUnsupported(_ param: String, _ what: String) {
        refuse(param, what, code: "unsupported_value")
    }

    private mutating func refuseForeign() {
        for key in Self.unsupported where root.present(key) != nil {
            refuse(
                key.description,
                "is not supported for this model: the gateway keeps no responses. Send all of the input.",
                code: "unsupported_parameter")
        }
        if root.present("background").map({ $0.bool != false }) == true {
            refuse("background", "is not supported for this model.", code: "unsupported_parameter")
        }
        let asksForLogprobs = root.present("include")?.elements.contains { $0.isString("message.output_text.logprobs") }
        if asksForLogprobs == true {
            refuseUnsupported("include", "cannot ask for the log probabilities of this model.")
        }
        if root.present("top_logprobs").map({ $0.int != 0 }) == true {
            refuse("top_logprobs", "is not supported for this model.", code: "unsupported_parameter")
        }
    }

    // MARK: Settings

    mutating func writeSettings(_ writer: inout JSONWriter) {
        writeMaxTokens("max_output_tokens", &writer)
        writeNumbers(["temperature", "top_p"], &writer)
        writeReasoning(&writer)
        writeText(&writer)
        writeTools(&writer)
        if let flag = root.present("parallel_tool_calls"), root.present("tools")?.count ?? 0 > 0 {
            writer.member("parallel_tool_calls", copying: flag)
        }
    }

    private mutating func writeReasoning(_ writer: inout JSONWriter) {
        guard let reasoning = root.present("reasoning") else { return }
        guard reasoning.kind == .object else { return refuse("reasoning", "must be an object.") }
        if let effort = reasoning.present("effort") { writer.member("reasoning_effort", copying: effort) }
    }
}
