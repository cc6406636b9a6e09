import Upstreams

/// Makes a canonical request of one of the Responses API (OpenAI API reference, "Create a model response").
///
/// Text, schemas and ids are copied as they are written. What has no counterpart there and whose loss would change the
/// answer is refused: the first such finding is thrown at the end. Items are in ResponsesDecoder+Input.swift, parts of
/// messages in ResponsesDecoder+Content.swift, tools and formats in ResponsesDecoder+Tools.swift.
struct ResponsesDecoder {
    let root: JSONValue
    private var failure: APIError?

    /// Members of the Responses API, and those that are written in their place. All others travel as they are.
    private static let known: [StaticString] = [
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

    init(_ root: JSONValue) { self.root = root }

    mutating func decode(isStream: Bool) throws(APIError) -> ByteBuffer {
        refuseForeign()
        var body = ByteBuffer()
        body.appendJSON { writer in
            writer.object { writer in
                if let model = root["model"] { writer.member("model", copying: model) }
                writeMessages(&writer)
                if isStream {
                    writer.member("stream", true)
                    writer.object("stream_options") { $0.member("include_usage", true) }
                }
                writeSampling(&writer)
                writeReasoning(&writer)
                writeText(&writer)
                writeTools(&writer)
                writeRest(&writer)
            }
        }
        if let failure { throw failure }
        return body
    }

    // MARK: Refusals

    mutating func refuse(_ param: String, _ what: String, code: String = "invalid_type") {
        if failure == nil { failure = .invalid("'\(param)' \(what)", param: param, code: code) }
    }

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

    // MARK: Scalars

    private mutating func writeSampling(_ writer: inout JSONWriter) {
        if let most = root.present("max_output_tokens") {
            if let count = most.int, count > 0 {
                writer.member("max_completion_tokens", count)
            } else {
                refuse("max_output_tokens", "must be a positive integer.")
            }
        }
        for key: StaticString in ["temperature", "top_p"] {
            guard let value = root.present(key) else { continue }
            if value.kind == .number {
                writer.member(key, copying: value)
            } else {
                refuse(key.description, "must be a number.")
            }
        }
    }

    private mutating func writeReasoning(_ writer: inout JSONWriter) {
        guard let reasoning = root.present("reasoning") else { return }
        guard reasoning.kind == .object else { return refuse("reasoning", "must be an object.") }
        if let effort = reasoning.present("effort") { writer.member("reasoning_effort", copying: effort) }
    }

    /// What chats know by the same name travels as it is, and so does what neither API knows.
    private func writeRest(_ writer: inout JSONWriter) {
        if let flag = root.present("parallel_tool_calls"), root.present("tools")?.count ?? 0 > 0 {
            writer.member("parallel_tool_calls", copying: flag)
        }
        for member in root.members where !Self.known.contains(where: member.hasKey) {
            writer.key(member.key)
            member.value.withSource { writer.element(raw: $0) }
        }
    }
}
