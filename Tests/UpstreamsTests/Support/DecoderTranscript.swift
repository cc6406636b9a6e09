@testable import Upstreams

/// All that a decoder makes of a stream that comes in pieces, and what must hold of it whatever the stream is.
struct DecoderTranscript: Equatable {
    private(set) var events: [String] = []
    private(set) var facts: [ChatChunkFacts] = []
    /// nil: the stream ended properly.
    private(set) var cause: UpstreamError.Cause?

    init<Decoder: ProviderDecoder & ~Copyable>(_ bytes: [UInt8], cuts: [Int], _ decoder: consuming Decoder) {
        var parser = SSEParser(maxEventBytes: 1 << 20)
        do {
            var start = 0
            for cut in cuts + [bytes.count] where cut >= start {
                let piece = Array(bytes[start..<cut])
                start = cut
                if Decoder.framesItself {
                    try unsafe decoder.bytes(piece.span.bytes) { take($0, $1) }
                    continue
                }
                try unsafe parser.feed(piece.span.bytes) { (data, _) throws(UpstreamError) in
                    try decoder.event(data) { take($0, $1) }
                }
            }
            _ = try parser.finish { (data, _) throws(UpstreamError) in try decoder.rest(data) { take($0, $1) } }
            try decoder.finish { take($0, $1) }
        } catch let error as SSEError<UpstreamError> {
            if case .consumer(let error) = error { cause = error.cause } else { cause = .oversized }
        } catch {
            cause = (error as? UpstreamError)?.cause ?? .malformed
        }
    }

    private mutating func take(_ payload: RawSpan, _ facts: ChatChunkFacts) {
        events.append(payload.text)
        self.facts.append(facts)
    }

    /// The property that does not hold of what the decoder makes of these bytes; nil if all hold. `answer`: a whole
    /// answer or an error, if that is another one.
    static func broken<Decoder: ProviderDecoder & ~Copyable>(
        by bytes: [UInt8], answer told: [UInt8]? = nil, _ make: () -> Decoder
    ) -> String? {
        let whole = DecoderTranscript(bytes, cuts: [], make())
        if DecoderTranscript(bytes, cuts: Array(0..<bytes.count), make()) != whole { return "cuts make a difference" }
        if let complaint = whole.complaint() { return complaint }
        var decoder = make()
        var complaint: String?
        let told = told ?? bytes
        try? unsafe decoder.whole(told.span.bytes) { payload, facts in
            complaint = Self.complaint(payload.text, facts, "chat.completion")
        }
        let answer = UpstreamError.Answer(head: AnswerHead(status: 529, lines: told), body: told)
        let refusal = make().refusal(answer)
        if refusal.body != told, (try? unsafe JSONParser().parse(refusal.body.span.bytes)) == nil {
            return "a refusal is not JSON"
        }
        return complaint
    }

    private func complaint() -> String? {
        for (event, facts) in zip(events, facts) {
            if let complaint = Self.complaint(event, facts, "chat.completion.chunk") { return complaint }
        }
        guard cause == nil else { return nil }
        if facts.count(where: \.hasFinishReason) != 1 { return "not one finish reason" }
        return facts.last?.usage == nil || facts.last?.choices != 0 ? "no usage at the end" : nil
    }

    private static func complaint(_ event: String, _ facts: ChatChunkFacts, _ object: StaticString) -> String? {
        let parser = JSONParser(maxDepth: 1000)
        let bytes = Array(event.utf8)
        guard let root = try? unsafe parser.parse(bytes.span.bytes).root, root["object"]?.isString(object) == true
        else { return "an event is not JSON of its kind" }
        let read = try? unsafe parser.chunkFacts(bytes.span.bytes)
        return read == facts ? nil : "an event says other than its facts: \(event)"
    }
}
