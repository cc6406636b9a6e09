import Foundation
import Policies
import Testing

/// Estimates against real counts of the corpus, which are committed beside it.
struct TokenEstimateTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Tokens/corpus").standardized.path(percentEncoded: false)

    private static func read(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: folder + "/" + name).map { [UInt8]($0) } ?? []
    }

    /// Name of the text, and its tokens in both encodings.
    private static let counts = String(decoding: read("counts"), as: UTF8.self).split(separator: "\n").map {
        $0.split(separator: " ").map(String.init)
    }

    private func estimate(_ text: [UInt8], _ encoding: TokenEncoding) -> Int {
        unsafe TokenEstimate(for: encoding).tokens(in: text.span.bytes)
    }

    @Test("an estimate is within 15 % of the tokens that a text has, in every language", arguments: counts)
    func isNear(line: [String]) throws {
        let text = Self.read(line[0] + ".txt")
        for (encoding, column) in [(TokenEncoding.cl100k, 1), (.o200k, 2)] {
            let tokens = try #require(Double(line[column]))
            let error = Double(estimate(text, encoding)) / tokens - 1
            #expect(abs(error) <= 0.15, "\(line[0]) in \(encoding): \(error)")
        }
    }

    @Test("the corpus is there")
    func corpus() { #expect(Self.counts.count >= 20) }

    @Test("an estimate is at least one token for any text, none for none, and never more than the bytes")
    func bounds() {
        for encoding in TokenEncoding.allCases {
            #expect(estimate([], encoding) == 0)
            for byte in UInt8.min...UInt8.max {
                for length in [1, 2, 15, 16, 17, 31, 33, 100, 3000, 5000] {
                    let estimate = estimate([UInt8](repeating: byte, count: length), encoding)
                    #expect((1...length).contains(estimate))
                }
            }
        }
    }

    @Test("a text costs about the same wherever its bytes fall in the vectors")
    func alignment() {
        let text = Self.read("german.txt") + Self.read("chinese.txt")
        for shift in 0..<40 {
            let shifted = [UInt8](repeating: 0x20, count: shift) + text
            let moved = estimate(shifted, .o200k)
            #expect(abs(moved - estimate(text, .o200k)) <= 1, "\(shift)")
        }
    }
}
