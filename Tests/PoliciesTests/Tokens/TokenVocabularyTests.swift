import Policies
import Testing

/// Reading vocabularies, and merging by a small one.
struct TokenVocabularyTests {
    /// The 256 bytes with ranks 0 to 255, then the lines.
    private func file(_ lines: String = "") -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bytes = (0..<256).map { "\(digits[$0 >> 2])\(digits[($0 & 3) << 4])== \($0)\n" }
        return Array((bytes.joined() + lines).utf8)
    }

    private func vocabulary(_ bytes: [UInt8]) throws(TokenVocabularyError) -> TokenVocabulary {
        try TokenVocabulary(tiktoken: unsafe bytes.span.bytes)
    }

    @Test("merges by the lowest rank first, the leftmost of equals first")
    func merges() throws {
        // ab, bc, abc, aa
        let file = file("YWI= 300\nYmM= 299\nYWJj 301\nYWE= 302\n")
        var counter = TokenCounter(Tokenizer(.cl100k, try vocabulary(file)))
        for (text, count) in [("abc", 1), ("abcd", 2), ("zabcz", 3), ("aaaaa", 3), ("", 0), ("z", 1), ("abab", 2)] {
            let bytes = Array(text.utf8)
            #expect(unsafe counter.tokens(in: bytes.span.bytes) == count, "\(text)")
        }
    }

    @Test(
        "a line at fault is named",
        arguments: [
            ("YWI 300\n", 257), ("YWI= x\n", 257), ("YWI=300\n", 257), ("\n", 257), ("YWI= 300 \n", 257),
            ("YWI= 300\n? 301\n", 258), ("YWI= 99999999999\n", 257), ("YWI=", 257),
        ])
    func malformed(lines: String, line: Int) {
        #expect(throws: TokenVocabularyError.malformed(line: line)) { try vocabulary(file(lines)) }
    }

    @Test("tokens and ranks are there once, and every byte is a token")
    func duplicates() throws {
        #expect(throws: TokenVocabularyError.duplicate(line: 257)) { try vocabulary(file("AA== 300\n")) }
        #expect(throws: TokenVocabularyError.duplicate(line: 257)) { try vocabulary(file("YWI= 7\n")) }
        #expect(throws: TokenVocabularyError.missingByte(0)) { try vocabulary(Array(file().dropFirst(7))) }
        #expect(try vocabulary(file("YWI= 300\r\nYmM= 301")).count == 258)
    }

    @Test("a long run of one letter takes time in proportion")
    func longRuns() throws {
        var counter = TokenCounter(Tokenizer(.cl100k, try vocabulary(file("YWE= 300\nYWFhYQ== 301\n"))))
        let clock = ContinuousClock()
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 200_000)
        let time = clock.measure { #expect(unsafe counter.tokens(in: text.span.bytes) == 50_000) }
        // Quadratic time would be some minutes.
        #expect(time < .seconds(20))
    }
}
