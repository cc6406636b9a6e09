import Testing

@testable import Upstreams

/// What becomes of that which a program writes, wherever it is cut.
struct CommandDecoderTests {
    /// The contents of the chunks, and how it ended.
    private struct Heard: Equatable {
        var text = ""
        var ends = 0
        var cause: UpstreamError.Cause?
        var payloads: [String] = []
    }

    private func hear(
        _ output: String, cuts: [Int] = [], _ format: CommandUpstream.Settings.Output, isStream: Bool = true
    ) -> Heard {
        let parser = JSONParser()
        var decoder = CommandDecoder(
            parser: parser, chunks: ChatChunkEncoder(id: "i", model: "m", created: 1), format: format,
            isStream: isStream, maxLineBytes: 200)
        var heard = Heard()
        let bytes = Array(output.utf8)
        func take(_ payload: RawSpan, _ facts: ChatChunkFacts) {
            heard.payloads.append(payload.text)
            let choice = (try? parser.parse(payload))?.root["choices"]?.elements.first { _ in true }
            heard.text += (choice?["delta"] ?? choice?["message"])?["content"]?.string ?? ""
            heard.ends += facts.hasFinishReason ? 1 : 0
        }
        do {
            var start = 0
            for cut in cuts + [bytes.count] {
                let piece = Array(bytes[start..<cut])
                start = cut
                try unsafe decoder.feed(piece.span.bytes, take)
            }
            try decoder.finish(take)
        } catch {
            heard.cause = error.cause
        }
        return heard
    }

    @Test(arguments: ["Grüße 東京 🚀\n", "no line end", "\n\ntwo\n\n", "", "🚀"])
    func `text is said whole, but for its last line end, wherever it is cut`(text: String) {
        let expected = text.hasSuffix("\n") ? String(text.dropLast()) : text
        let count = text.utf8.count
        for cut in 0...count {
            let heard = hear(text, cuts: [cut], .text)
            #expect(heard.text == expected && heard.ends == 1 && heard.cause == nil, "cut at \(cut)")
        }
        #expect(hear(text, cuts: Array(0..<count), .text).text == expected)
        let whole = hear(text, .text, isStream: false)
        #expect(whole.text == expected && whole.payloads.count == 1 && whole.ends == 1)
    }

    @Test func `lines are pieces, or chunks that travel as they are`() {
        let chunk = #"{"choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"length"}],"x":1.0}"#
        let output = "{\"content\": \"a\u{e9}\"}\r\n\n" + chunk
        for cut in 0...output.utf8.count {
            let heard = hear(output, cuts: [cut], .jsonLines)
            #expect(heard.text == "aéb" && heard.ends == 1 && heard.payloads.last == chunk, "cut at \(cut)")
        }
        #expect(hear(output, .jsonLines, isStream: false).text == "aéb")
    }

    @Test func `a whole answer of the program's own travels as it is`() {
        let answer = #"{"choices":[{"index":0,"message":{"content":"b"},"finish_reason":"stop"}]}"#
        #expect(hear(answer + "\n", .jsonLines, isStream: false).payloads == [answer])
    }

    @Test(arguments: [
        ("nonsense\n", UpstreamError.Cause.malformed), ("[1]\n", .malformed), ("{\"x\":1}\n", .malformed),
        ("{\"content\":\"a\"}\n{\"content\":", .malformed), ("{\"error\":\"no\"}\n", .inBand),
        ("{\"error\":{\"message\":\"no\"}}\n", .inBand), (String(repeating: "x", count: 300), .oversized),
    ])
    func `what is no line of an answer is an error`(output: String, cause: UpstreamError.Cause) {
        #expect(hear(output, .jsonLines).cause == cause)
    }
}
