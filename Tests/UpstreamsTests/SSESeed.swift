import Foundation
import Testing

/// One of the fuzzer's seed inputs, which the plain test run feeds too.
struct SSESeed: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]

    /// Every file in `Tests/Fuzz/corpus/sse`, in order of name; empty if they cannot be read.
    static let all: [Self] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appendingPathComponent("Fuzz/corpus/sse")
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).sorted { $0.path < $1.path }.compactMap { file in
            guard let content = try? Data(contentsOf: file) else { return nil }
            return Self(testDescription: file.lastPathComponent, bytes: Array(content))
        }
    }()
}
