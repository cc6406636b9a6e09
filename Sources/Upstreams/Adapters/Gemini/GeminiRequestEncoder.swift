/// Makes a request of `generateContent` of a canonical one (ai.google.dev, "Gemini API reference").
///
/// Text and schemas are copied as they are written. What cannot be asked for is noted in `refusals` and thrown at the
/// end. Messages are in GeminiRequestEncoder+Messages.swift, tools in GeminiRequestEncoder+Tools.swift.
struct GeminiRequestEncoder: ProviderEncoder {
    static let turnNames: TurnNames = ("contents", "model", "parts")

    let request: CompletionRequest
    let encoding: GeminiUpstream.Encoding
    let parser: JSONParser
    var refusals = Refusals()

    init(request: CompletionRequest, encoding: GeminiUpstream.Encoding, parser: JSONParser) {
        self.request = request
        self.encoding = encoding
        self.parser = parser
    }

    /// Names of members that are written here, or are read under their own names.
    private static let own: [StaticString] = [
        "contents", "systemInstruction", "generationConfig", "toolConfig", "top_k",
    ]

    var root: JSONValue { request.document.root }

    mutating func encode() throws(UpstreamError) -> ByteBuffer {
        if encoding.unsupported == .refuse { ForeignFields.check(root, penalties: true, &refusals) }
        return try encode { encoder, writer, turns in
            encoder.writeInstruction(&writer, turns)
            encoder.writeTurns(turns, &writer)
            encoder.writeTools(&writer)
            encoder.writeGeneration(&writer)
            if encoder.encoding.unknown == .pass { encoder.writeUnknown(except: Self.own, &writer) }
        }
    }

    // MARK: Generation

    private mutating func writeGeneration(_ writer: inout JSONWriter) {
        var members = ByteBuffer()
        members.appendJSON { config in
            config.object { config in
                for (key, own) in Self.numbers { writeNumber(key, as: own, &config) }
                if let tokens = maxTokens() { config.member("maxOutputTokens", tokens) }
                writeStop(as: "stopSequences", &config)
                writeFormat(&config)
                writeThinking(&config)
            }
        }
        guard members.count > 2 else { return }
        members.withBytes { writer.member("generationConfig", raw: $0) }
    }

    private static let numbers: [(key: StaticString, own: StaticString)] = [
        ("temperature", "temperature"), ("top_p", "topP"), ("top_k", "topK"), ("seed", "seed"),
        ("presence_penalty", "presencePenalty"), ("frequency_penalty", "frequencyPenalty"),
    ]

    private mutating func writeFormat(_ config: inout JSONWriter) {
        guard let format = root.present("response_format"), let type = format.present("type"), !type.isString("text")
        else { return }
        let schema = format.present("json_schema")?.present("schema")
        guard type.isString("json_object") || type.isString("json_schema") && schema != nil else {
            return refuseFormat()
        }
        config.member("responseMimeType", "application/json")
        if let schema { config.member("responseJsonSchema", copying: schema) }
    }

    private static let efforts: [(name: StaticString, budget: Int, level: String)] = [
        ("none", 0, "minimal"), ("minimal", 512, "minimal"), ("low", 1024, "low"), ("medium", 8192, "medium"),
        ("high", 24_576, "high"), ("xhigh", 24_576, "high"),
    ]

    private mutating func writeThinking(_ config: inout JSONWriter) {
        guard encoding.reasoning != .off, let value = root.present("reasoning_effort") else { return }
        guard let effort = Self.efforts.first(where: { value.isString($0.name) }) else {
            return refusals.unsupportedValue(
                "reasoning_effort", "there is no such 'reasoning_effort' for this model")
        }
        config.object("thinkingConfig") {
            if encoding.reasoning == .budget {
                $0.member("thinkingBudget", effort.budget)
            } else {
                $0.member("thinkingLevel", effort.level)
            }
            if effort.budget > 0 { $0.member("includeThoughts", true) }
        }
    }
}
