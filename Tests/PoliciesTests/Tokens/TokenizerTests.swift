import Foundation
import Policies
import Testing

/// Exact counts against those of the tiktoken package, which `Tests/Tokens/setup` writes into `.cache/tokens`.
struct TokenizerTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../.cache/tokens").standardized.path(percentEncoded: false)

    private static let isSetUp = FileManager.default.fileExists(atPath: folder + "/expected.txt")

    private static func read(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: folder + "/" + name).map { [UInt8]($0) } ?? []
    }

    private static func bytes(_ hexadecimal: Substring) -> [UInt8] {
        let digits = Array(hexadecimal.utf8).map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    @Test(
        "counts are those of tiktoken, for a multilingual corpus and for random strings",
        .enabled(if: isSetUp, "Tests/Tokens/setup has not been run, or could not reach the package index"),
        arguments: TokenEncoding.allCases)
    func equality(encoding: TokenEncoding) throws {
        let file = Self.read(encoding.rawValue + ".tiktoken")
        var counter = TokenCounter(Tokenizer(encoding, try TokenVocabulary(tiktoken: unsafe file.span.bytes)))
        var compared = 0
        for line in String(decoding: Self.read("expected.txt"), as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 3, fields[0] == encoding.rawValue else { continue }
            let text = Self.bytes(fields[1])
            let count = unsafe counter.tokens(in: text.span.bytes)
            #expect(count == Int(fields[2]), "\(String(decoding: text, as: UTF8.self).debugDescription)")
            compared += 1
        }
        #expect(compared > 4000)
    }
}
