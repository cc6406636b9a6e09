import Glibc
import Testing

@testable import Gateway

/// Adding keys to a file.
struct KeysFileTests {
    private static let digest = String(repeating: "ab", count: 32)
    private let key = NewKey(
        id: "new", user: "alice", team: nil, models: ["gpt-*", "a\"b"], tags: ["x"], expires: 1_893_456_000)

    @Test(
        "All that stands in the file stays as it is",
        arguments: [
            ("{\"keys\":[]}", "{\"keys\":[\n    NEW\n  ]}"),
            ("{\"keys\":[OLD]}\r\n", "{\"keys\":[OLD,NEW]}\r\n"),
            ("{\n\t\"keys\" : [\n\t\tOLD\n\t]\n}", "{\n\t\"keys\" : [\n\t\tOLD,\n\t\tNEW\n\t]\n}"),
            ("{ \"keys\": [ OLD ] }", "{ \"keys\": [ OLD, NEW ] }"),
        ])
    func splice(_ before: String, _ after: String) throws {
        let old = #"{ "sha256":"\#(Self.digest)",  "id": "old]}" }"#
        let text = try KeysFile(name: "k", bytes: Array(before.replacing("OLD", with: old).utf8)).adding(key)
        #expect(text == after.replacing("OLD", with: old).replacing("NEW", with: key.entry.compact))
        #expect(try ConfigLoader.keys(bytes: Array(text.utf8), file: "k").last?.models == ["gpt-*", "a\"b"])
    }

    @Test func `the entry is what the gateway reads`() throws {
        let text = try KeysFile.empty.adding(key)
        let read = try #require(try ConfigLoader.keys(bytes: Array(text.utf8), file: "k").first)
        #expect(read.id == "new" && read.user == "alice" && read.team == nil && read.tags == ["x"])
        #expect(read.expires == 1_893_456_000)
        #expect(read.sha256 == SHA256.hash(Array(key.key.utf8)).bytes)
        #expect(!text.contains(key.key))
    }

    @Test func `an id that is taken and a file that is broken are refused`() throws {
        let text = try KeysFile.empty.adding(key)
        let taken = KeysFile(name: "k", bytes: Array(text.utf8))
        #expect(throws: ConfigErrors.self) { try taken.adding(key) }
        #expect(throws: ConfigErrors.self) { try KeysFile(name: "k", bytes: Array("{\"keys\":[}".utf8)).adding(key) }
    }

    @Test func `a file is replaced with its mode, and through a link`() throws {
        try ConfigFixture.withFiles(["keys.json": "{ \"keys\": [] }"]) { folder in
            let (path, link) = ("\(folder)/keys.json", "\(folder)/link.json")
            #expect(unsafe chmod(path, 0o640) == 0 && symlink("keys.json", link) == 0)
            defer { unsafe unlink(link) }
            let mask = umask(0o077)
            defer { umask(mask) }
            try KeysFile.add(key, to: link)
            var status = stat()
            #expect(unsafe lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
            #expect(unsafe stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
            #expect(try ConfigLoader.keys(file: path).map(\.id) == ["new"])
        }
    }

    @Test func `no two keys are the same`() {
        let keys = (0..<100).map { _ in NewKey(id: nil, user: "u", team: nil, models: [], tags: [], expires: nil) }
        #expect(Set(keys.map(\.key)).count == 100)
        #expect(keys.allSatisfy { $0.key.utf8.count == 58 && $0.key.hasPrefix("sk-sluice-") && $0.id.hasPrefix("u-") })
    }
}
