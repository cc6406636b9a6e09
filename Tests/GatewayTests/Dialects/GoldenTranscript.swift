import Glibc
import Testing

@testable import Gateway

/// One exchange of a dialect in a file of `Golden/DIALECT`: what the client sends, a line of `=`, and what it gets.
///
/// The first line names the echo model of all dialects, then come method and path, and the body. In the answer HTTP's
/// chunks are joined, and what differs from run to run is left out.
struct GoldenTranscript: CustomTestStringConvertible {
    let path: String
    let model: String
    let request: String
    let answer: String

    private static let separator = "\n=====\n"

    var testDescription: String { path }

    init(path: String) throws {
        self.path = path
        let text = String(decoding: try FileAccess.read(Self.folder + path, limit: 100_000), as: UTF8.self)
        let sides = text.split(separator: Self.separator, maxSplits: 1, omittingEmptySubsequences: false)
        let lines = sides[0].split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        try #require(sides.count == 2 && lines.count == 3, "\(path) is no transcript")
        model = lines[0]
        let head = "\(lines[1]) HTTP/1.1\r\nhost: h\r\nconnection: close\r\n"
        request = head + "content-length: \(lines[2].utf8.count)\r\n\r\n" + lines[2]
        answer = String(sides[1])
    }

    private static let folder = "\(ConfigFixture.root)/Tests/GatewayTests/Golden/"

    /// All there are, dialect by dialect.
    static func all() throws -> [GoldenTranscript] {
        try ["ask", "code", "openai", "question"].flatMap { dialect in
            try names(in: folder + dialect).map { try GoldenTranscript(path: "\(dialect)/\($0)") }
        }
    }

    private static func names(in folder: String) throws -> [String] {
        let directory = unsafe try #require(unsafe opendir(folder))
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".txt") { names.append(name) }
        }
        return names.sorted()
    }

    /// Writes the file anew with this answer.
    func update(_ answer: String) throws {
        let text = String(decoding: try FileAccess.read(Self.folder + path, limit: 100_000), as: UTF8.self)
        let asked = text.split(separator: Self.separator, maxSplits: 1, omittingEmptySubsequences: false)[0]
        try ConfigFixture.write(asked + Self.separator + answer, to: Self.folder + path)
    }

    // MARK: Answers

    private static let volatile = ["date", "x-request-id", "server-timing", "connection", "content-length"]

    /// An answer as it stands in the files.
    static func normalized(_ received: String) -> String {
        let parts = received.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].split(separator: "\r\n").filter { line in
            !volatile.contains { line.hasPrefix($0 + ":") } && !line.hasPrefix("transfer-encoding:")
        }
        let isChunked = parts[0].contains("transfer-encoding: chunked")
        let body = parts.count > 1 ? String(parts[1]) : ""
        return head.joined(separator: "\n") + "\n\n" + steady(isChunked ? joined(body) : body)
    }

    /// The body without the framing of chunks; says so where the last chunk is missing.
    private static func joined(_ body: String) -> String {
        var rest = Array(body.utf8)[...]
        var joined: [UInt8] = []
        while let end = rest.firstIndex(of: 13) {
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) ?? 0
            if size == 0 { return String(decoding: joined, as: UTF8.self) }
            joined += rest[(end + 2)...].prefix(size)
            rest = rest[(end + 2)...].dropFirst(size + 2)
        }
        return String(decoding: joined, as: UTF8.self) + "\n[broken off]\n"
    }

    private static func steady(_ body: String) -> String {
        body.replacing(/"id":"chatcmpl-[^"]*"/, with: #""id":"chatcmpl-0""#)
            .replacing(/"created":[0-9]+/, with: #""created":0"#)
            .replacing(/"created_at":[0-9]+/, with: #""created_at":0"#)
            .replacing(/"(resp|msg|fc|rs)_[^"]*?(_[0-9])?"/) { #""\#($0.output.1)_0\#($0.output.2 ?? "")""# }
    }
}
