/// Makes a request of Converse of a canonical one (docs.aws.amazon.com, "Converse").
///
/// Text and schemas are copied as they are written. What cannot be asked for is noted in `refusals` and thrown at the
/// end. Messages are in BedrockRequestEncoder+Messages.swift, tools in BedrockRequestEncoder+Tools.swift.
struct BedrockRequestEncoder: ProviderEncoder {
    static let turnNames: TurnNames = ("messages", "assistant", "content")

    let request: CompletionRequest
    let encoding: BedrockUpstream.Encoding
    let parser: JSONParser
    var refusals = Refusals()
    /// Documents so far: their names have to differ.
    var documents = 0

    init(request: CompletionRequest, encoding: BedrockUpstream.Encoding, parser: JSONParser) {
        self.request = request
        self.encoding = encoding
        self.parser = parser
    }

    var root: JSONValue { request.document.root }

    mutating func encode() throws(UpstreamError) -> ByteBuffer {
        if encoding.unsupported == .refuse { ForeignFields.check(root, penalties: false, &refusals) }
        return try encode { encoder, writer, turns in
            encoder.writeList("system", &writer) { $0.writeInstructions(turns, &$1) }
            encoder.writeTurns(turns, &writer)
            encoder.writeInference(&writer)
            encoder.writeTools(&writer)
            encoder.writeModelFields(&writer)
        }
    }

    private mutating func writeInference(_ writer: inout JSONWriter) {
        if let type = root.present("response_format")?.present("type"), !type.isString("text") { refuseFormat() }
        var members = ByteBuffer()
        members.appendJSON { config in
            config.object { config in
                if let tokens = maxTokens() { config.member("maxTokens", tokens) }
                writeNumber("temperature", as: "temperature", &config)
                writeNumber("top_p", as: "topP", &config)
                writeStop(as: "stopSequences", &config)
            }
        }
        if members.count > 2 { members.withBytes { writer.member("inferenceConfig", raw: $0) } }
    }

    /// What is a field of the models and not of Converse: the client's own `thinking` and `top_k`, and what OpenAI's API
    /// does not have. A model that thinks takes no `top_k`.
    private func writeModelFields(_ writer: inout JSONWriter) {
        let (thinking, top) = (root.present("thinking"), root.present("top_k"))
        var members = ByteBuffer()
        members.appendJSON { fields in
            fields.object { fields in
                if let thinking { fields.member("thinking", copying: thinking) }
                if let top, thinking == nil { fields.member("top_k", copying: top) }
                if encoding.unknown == .pass { writeUnknown(except: ["thinking", "top_k"], &fields) }
            }
        }
        if members.count > 2 { members.withBytes { writer.member("additionalModelRequestFields", raw: $0) } }
    }
}
