/// Makes a request of the Messages API of a canonical one (docs.anthropic.com, "Messages").
///
/// Text and schemas are copied as they are written. What cannot be asked for is noted in `refusals` and thrown at the
/// end. Messages are in AnthropicRequestEncoder+Messages.swift, tools in AnthropicRequestEncoder+Tools.swift.
struct AnthropicRequestEncoder: ProviderEncoder {
    static let turnNames: TurnNames = ("messages", "assistant", "content")

    let request: CompletionRequest
    let encoding: AnthropicUpstream.Encoding
    let parser: JSONParser
    var refusals = Refusals()

    init(request: CompletionRequest, encoding: AnthropicUpstream.Encoding, parser: JSONParser) {
        self.request = request
        self.encoding = encoding
        self.parser = parser
    }

    /// Names of members that are written here, or are read under their own names.
    private static let own: [StaticString] = [
        "system", "stop_sequences", "thinking", "top_k", "output_config",
    ]

    var root: JSONValue { request.document.root }

    mutating func encode(model: String) throws(UpstreamError) -> ByteBuffer {
        if encoding.unsupported == .refuse { ForeignFields.check(root, penalties: false, &refusals) }
        return try encode { encoder, writer, turns in
            writer.member("model", model)
            if encoder.request.isStream { writer.member("stream", true) }
            let thinking = encoder.writeThinking(&writer)
            encoder.writeSampling(&writer, isThinking: thinking)
            encoder.writeSystem(&writer, turns)
            encoder.writeTurns(turns, &writer)
            encoder.writeTools(&writer)
            encoder.writeRest(&writer)
        }
    }

    // MARK: Thinking

    /// Writes `max_tokens`, `thinking` and `output_config`, which depend on each other; true if the model thinks.
    private mutating func writeThinking(_ writer: inout JSONWriter) -> Bool {
        let named = maxTokens()
        let thinking = AnthropicThinking(root, encoding.reasoning, maxTokens: named, &refusals)
        var most = named ?? encoding.maxOutputTokens
        if named == nil, case .budget(let budget) = thinking { most += budget }
        writer.member("max_tokens", most)
        thinking.write(to: &writer)
        writeOutputConfig(thinking.effort, &writer)
        return thinking.isOn
    }

    /// `effort`, and the schema that the answer has to follow.
    private mutating func writeOutputConfig(_ effort: String?, _ writer: inout JSONWriter) {
        let schema = answerSchema()
        guard effort != nil || schema != nil else { return }
        writer.object("output_config") { writer in
            if let effort { writer.member("effort", effort) }
            guard let schema else { return }
            writer.object("format") {
                $0.member("type", "json_schema")
                $0.member("schema", copying: schema)
            }
        }
    }

    private mutating func answerSchema() -> JSONValue? {
        guard let format = root.present("response_format"), let type = format.present("type") else { return nil }
        if type.isString("text") || type.isString("json_object") { return nil }
        guard type.isString("json_schema"), encoding.structuredOutputs,
            let schema = format["json_schema"]?.present("schema")
        else {
            refuseFormat()
            return nil
        }
        return schema
    }

    // MARK: Sampling

    /// While a model thinks, its temperature is fixed, `top_k` is not taken and `top_p` is 0.95 at least. Newer models
    /// refuse `temperature` and `top_p` together: then the former counts.
    private mutating func writeSampling(_ writer: inout JSONWriter, isThinking: Bool) {
        let temperature = isThinking ? nil : root.present("temperature")
        if let value = temperature {
            guard let temperature = value.double else {
                return refusals.invalid("temperature", "'temperature' must be a number")
            }
            if temperature > 1 { writer.member("temperature", 1) } else { writer.member("temperature", copying: value) }
        }
        if let top = root.present("top_p"), temperature == nil, !isThinking || (top.double ?? 0) >= 0.95 {
            writer.member("top_p", copying: top)
        }
        if let top = root.present("top_k"), !isThinking { writer.member("top_k", copying: top) }
        writeStop(as: "stop_sequences", &writer)
    }

    // MARK: The rest

    private func writeRest(_ writer: inout JSONWriter) {
        if let user = root.present("user") ?? root.present("safety_identifier") {
            writer.object("metadata") { $0.member("user_id", copying: user) }
        }
        if let tier = root.present("service_tier") {
            if tier.isString("auto") { writer.member("service_tier", "auto") }
            if tier.isString("default") { writer.member("service_tier", "standard_only") }
        }
        if encoding.unknown == .pass { writeUnknown(except: Self.own, &writer) }
    }
}
