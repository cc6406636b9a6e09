import Foundation
import Testing

/// One of the fuzzers' seed inputs, which the plain test run feeds too.
struct HTTPSeed: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var bytes: [UInt8]

    /// Every file in `Tests/Fuzz/corpus/<name>`, in order of name; empty if they cannot be read.
    static func all(_ name: String) -> [Self] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let folder = tests.appendingPathComponent("Fuzz/corpus/\(name)")
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return (files ?? []).sorted { $0.path < $1.path }.compactMap { file in
            guard let content = try? Data(contentsOf: file) else { return nil }
            return Self(testDescription: "\(name)/\(file.lastPathComponent)", bytes: Array(content))
        }
    }
}
