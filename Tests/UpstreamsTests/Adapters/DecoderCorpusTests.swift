import Foundation
import Testing

@testable import Upstreams

/// The decoders' fuzz corpora in the plain test run, each file also damaged at every tenth byte.
struct DecoderCorpusTests {
    private static func inputs(_ name: String) throws -> [[UInt8]] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.deletingLastPathComponent().appending(path: "Fuzz/corpus/\(name)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let seeds = try files.sorted { $0.path < $1.path }.map { Array(try Data(contentsOf: $0)) }
        try #require(!seeds.isEmpty)
        return seeds.flatMap { seed in
            [seed]
                + stride(from: 0, to: seed.count, by: 10).map { place in
                    var damaged = seed
                    damaged[place] ^= 0x11
                    return damaged
                }
        }
    }

    @Test func `Anthropic's decoder keeps its promises`() throws {
        let parser = JSONParser()
        for input in try Self.inputs("anthropic") {
            let broken = DecoderTranscript.broken(by: input) {
                AnthropicDecoder(
                    parser: parser, chunks: ChatChunkEncoder(id: "i", model: "m", created: 1_700_000_000),
                    now: 1_700_000_000, maxBlockBytes: 256)
            }
            #expect(broken == nil)
        }
    }

    @Test func `Bedrock's decoder keeps its promises`() throws {
        let parser = JSONParser()
        for input in try Self.inputs("bedrock") {
            let broken = DecoderTranscript.broken(by: AmazonFrame.frames(input), answer: input) {
                BedrockDecoder(
                    parser: parser, chunks: ChatChunkEncoder(id: "i", model: "m", created: 1_700_000_000),
                    maxBlockBytes: 512)
            }
            #expect(broken == nil)
        }
    }

    @Test func `Gemini's decoder keeps its promises`() throws {
        let parser = JSONParser()
        for input in try Self.inputs("gemini") {
            let broken = DecoderTranscript.broken(by: input) {
                GeminiDecoder(parser: parser, chunks: ChatChunkEncoder(id: "i", model: "m", created: 1_700_000_000))
            }
            #expect(broken == nil)
        }
    }
}
