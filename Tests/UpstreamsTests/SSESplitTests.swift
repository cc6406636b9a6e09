import Testing

@testable import Upstreams

/// However a stream is cut, the same events come out, and they are those of the standard.
struct SSESplitTests {
    static let corpus = SSESeed.all

    @Test func `the corpus is there`() {
        #expect(Self.corpus.count >= 10)
    }

    @Test(arguments: corpus)
    func `the whole gives what the standard says`(seed: SSESeed) {
        #expect(SSETranscript(seed.bytes) == SSEReference.read(seed.bytes))
    }

    @Test(arguments: corpus, [1 << 20, 24])
    func `every single cut gives what the whole gives`(seed: SSESeed, limit: Int) {
        let stream = seed.bytes
        let whole = SSETranscript(stream, maxEventBytes: limit)
        for cut in 0...stream.count {
            #expect(SSETranscript(stream, cuts: [cut], maxEventBytes: limit) == whole, "cut at \(cut)")
        }
    }

    @Test(arguments: corpus, [1 << 20, 24])
    func `a byte at a time gives what the whole gives`(seed: SSESeed, limit: Int) {
        let stream = seed.bytes
        let whole = SSETranscript(stream, maxEventBytes: limit)
        #expect(SSETranscript(stream, cuts: Array(0...stream.count), maxEventBytes: limit) == whole)
    }

    /// Streams of pieces that matter to the grammar, in random order, at random cuts.
    @Test func `random streams give what the standard says, at any cuts`() {
        let pieces = [
            "data", "data:", "data: ", ":", " ", "\n", "\n", "\r", "\r\n", "\n\n", "event: e", "id: 1", "retry: 3",
            "x", "\u{FEFF}", "\u{1F600}", "{\"a\":1}", "\u{0}",
        ]
        var generator = SSEGenerator(state: 7)
        for _ in 0..<2000 {
            let count = Int.random(in: 0...30, using: &generator)
            let text = (0..<count).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &generator)] }.joined()
            let stream = Array(text.utf8)
            let cuts = (0..<4).map { _ in Int.random(in: 0...stream.count, using: &generator) }.sorted()
            let expected = SSEReference.read(stream)
            #expect(SSETranscript(stream) == expected, "\(text.debugDescription)")
            #expect(SSETranscript(stream, cuts: cuts) == expected, "\(text.debugDescription) at \(cuts)")
        }
    }

    @Test func `a thousand events of multi-byte text survive a cut at every byte`() {
        let texts = (0..<1000).map { "{\"n\":\($0),\"t\":\"\u{E9}\u{6F22}\u{1F600}\u{301}\"}" }
        let stream = Array((texts.map { "data: \($0)\r\n\r\n" } + ["data: [DONE]\n\n"]).joined().utf8)
        let transcript = SSETranscript(stream, cuts: Array(1..<stream.count))
        #expect(transcript.lines == (texts + ["[DONE]"]).map { "|" + $0 })
        #expect(transcript.ending == .clean)
    }
}
