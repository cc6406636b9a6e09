/// The echo model's embeddings: of each input a unit vector that its bytes alone decide, so that equal inputs are equal
/// and others are not (docs/echo.md).
struct EchoEmbeddings {
    /// In the order of the request.
    private let inputs: [[UInt8]]
    private let dimensions: Int
    private let isBase64: Bool
    let promptTokens: Int

    private static let dimensionsByDefault = 256
    private static let mostDimensions = 4096

    /// Throws what is wrong with the request, as OpenAI would have put it.
    init(to request: JSONValue) throws(UpstreamError) {
        let wanted = request["dimensions"].flatMap { $0.isNull ? nil : $0 }
        let dimensions = wanted.map { $0.int ?? 0 } ?? Self.dimensionsByDefault
        guard 1...Self.mostDimensions ~= dimensions else {
            throw Self.invalid("dimensions", "'dimensions' must be an integer from 1 to \(Self.mostDimensions).")
        }
        self.dimensions = dimensions
        let format = request["encoding_format"].flatMap { $0.isNull ? nil : $0 }
        isBase64 = format?.isString("base64") ?? false
        guard format == nil || isBase64 || format?.isString("float") == true else {
            throw Self.invalid("encoding_format", "'encoding_format' must be 'float' or 'base64'.")
        }
        let (inputs, tokens) = Self.inputs(request["input"])
        guard !inputs.isEmpty else {
            throw Self.invalid("input", "'input' must be a text, tokens, or an array of either.")
        }
        (self.inputs, promptTokens) = (inputs, tokens)
    }

    /// `{"object": "list", "data": […]}`
    func json(model: String) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON {
            $0.object {
                $0.member("object", "list")
                $0.array("data") {
                    for (index, input) in inputs.enumerated() { write(input, index, to: &$0) }
                }
                $0.member("model", model)
                $0.object("usage") {
                    $0.member("prompt_tokens", promptTokens)
                    $0.member("total_tokens", promptTokens)
                }
            }
        }
        return body
    }

    private func write(_ input: [UInt8], _ index: Int, to writer: inout JSONWriter) {
        let vector = Self.vector(of: input, dimensions)
        writer.object {
            $0.member("object", "embedding")
            $0.member("index", index)
            if isBase64 {
                $0.member("embedding", Base64.text(of: vector.flatMap { Self.littleEndian($0) }))
            } else {
                $0.array("embedding") {
                    for value in vector { $0.element(value) }
                }
            }
        }
    }

    // MARK: Inputs

    /// Each text or list of tokens as bytes, and how many tokens they are in all.
    private static func inputs(_ input: JSONValue?) -> (inputs: [[UInt8]], tokens: Int) {
        guard let input else { return ([], 0) }
        if let text = input.string { return ([Array(text.utf8)], tokens(of: text)) }
        var inputs: [[UInt8]] = []
        var count = 0
        if input.elements.first(where: { $0.kind == .number }) != nil {
            return ([bytes(ofTokens: input)], input.count)
        }
        for element in input.elements {
            if let text = element.string {
                inputs.append(Array(text.utf8))
                count += tokens(of: text)
            } else {
                inputs.append(bytes(ofTokens: element))
                count += element.count
            }
        }
        return (inputs, count)
    }

    private static func bytes(ofTokens list: JSONValue) -> [UInt8] {
        Array(list.elements.map { String($0.int ?? 0) }.joined(separator: ",").utf8)
    }

    private static func tokens(of text: String) -> Int { max(1, EchoAnswer.pieces(of: text).count) }

    // MARK: Vectors

    /// FNV-1a of the bytes begins a sequence of SplitMix64, whose numbers are the directions.
    private static func vector(of input: [UInt8], _ dimensions: Int) -> [Float] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in input { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        let raw = (0..<dimensions).map { _ in direction(&state) }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return raw.map { Float($0 / length) }
    }

    /// From -1 to 1, and never 0.
    private static func direction(_ state: inout UInt64) -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return (Double(mixed >> 11) + 0.5) / Double(1 << 52 as UInt64) - 1
    }

    private static func littleEndian(_ value: Float) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }

    private static func invalid(_ param: String, _ message: String) -> UpstreamError {
        let answer = UpstreamError.Answer(
            status: 400,
            OpenAIError(message: message, type: "invalid_request_error", param: param, code: "invalid_value"))
        return UpstreamError(.status, "The echo model cannot embed that.", answer: answer)
    }
}
