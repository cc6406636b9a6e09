import Glibc
import Testing

@testable import Gateway

/// Changes of the keys file that operators want.
struct KeyEditorTests {
    private static let a = String(repeating: "aa", count: 32)
    private static let b = String(repeating: "bb", count: 32)
    private static let file = """
        {
          "keys": [
            { "id": "one",  "sha256": "\(a)", "team": "t", "models": ["m-*"],
              "model_map": { "x": "y" }, "tags": ["g"], "expires": "2099-01-01T00:00:00Z", "disabled": true },
            { "id":"two","sha256":"\(b)" },
            { "id": "ended", "sha256": "\(String(repeating: "ee", count: 32))", "expires": "2001-01-01T00:00:00Z" }
          ]
        }
        """

    /// Makes an edit where this file is the keys file. Returns how it went, and the file's text afterwards.
    private func make(
        _ edit: KeyEdit, reload: @escaping () -> [String] = { [] }
    ) throws -> (result: Result<KeyConfiguration, KeyEditFailure>, text: String) {
        let own = String(repeating: "cc", count: 32)
        let root = ConfigFixture.root([
            "keys": #"[{ "id": "own", "sha256": "\#(own)" }]"#, "keys_file": #""keys.json""#,
        ])
        var found: (Result<KeyConfiguration, KeyEditFailure>, String)?
        try ConfigFixture.withFiles(["g.json": root, "keys.json": Self.file]) { folder in
            let editor = KeyEditor(try ConfigLoader.load(path: "\(folder)/g.json"), reload: reload)
            let result = Result { () throws(KeyEditFailure) in try editor.make(edit) }
            let bytes = try FileAccess.read("\(folder)/keys.json", limit: ConfigLoader.limit)
            found = (result, String(decoding: bytes, as: UTF8.self))
        }
        return try #require(found)
    }

    private func code(_ edit: KeyEdit) throws -> String? {
        let (result, text) = try make(edit)
        #expect(text == Self.file)
        guard case .failure(let failure) = result else { return nil }
        return failure.error.code
    }

    private func rotation(_ id: String, to newID: String = "new", oldEnds: Int? = nil) -> KeyEdit {
        .rotate(
            KeyRenewal(id: id, newID: newID, sha256: [UInt8](repeating: 0xDD, count: 32), oldEnds: oldEnds))
    }

    private func keys(_ text: String) throws -> [KeyConfiguration] {
        try ConfigLoader.keys(bytes: Array(text.utf8), file: "k")
    }

    @Test func `whoever keeps the folder locked keeps the file as it is, and nobody waiting`() throws {
        let root = ConfigFixture.root(["keys_file": #""keys.json""#])
        try ConfigFixture.withFiles(["g.json": root, "keys.json": Self.file]) { folder in
            let editor = KeyEditor(try ConfigLoader.load(path: "\(folder)/g.json"), patience: 10) { [] }
            let lock = try PrivateFile.lockFolder(of: "\(folder)/keys.json")
            let failure = #expect(throws: KeyEditFailure.self) { try editor.make(.revoke(id: "two")) }
            #expect(failure?.error.code == "keys_file_not_writable")
            close(lock)
            #expect(try editor.make(.revoke(id: "two")).id == "two")
        }
    }

    @Test func `an entry is taken out, wherever it stands, and no other byte changes`() throws {
        let entries = try (0..<3).map { index in
            try KeysFile(name: "k", bytes: Array(Self.file.utf8)).removing(index)
        }
        #expect(try entries.map { try $0.keys().map(\.id) } == [["two", "ended"], ["one", "ended"], ["one", "two"]])
        #expect(entries[0].text.contains("{\n  \"keys\": [\n    { \"id\":\"two\""))
        #expect(entries[2].text.hasSuffix("\"\(Self.b)\" }\n  ]\n}"))
        #expect(try entries[0].removing(0).removing(0).text == "{\n  \"keys\": []\n}")
    }

    @Test func `another key has all members of the entry, and the old one ends when it shall`() throws {
        let (result, text) = try make(rotation("one", oldEnds: 4_000_000_000))
        let after = try keys(text)
        #expect(try result.get().id == "new" && result.get().isInFile)
        #expect(after.map(\.id) == ["one", "two", "ended", "new"])
        let new = try #require(after.last)
        #expect(new.user == "one" && new.team == "t" && new.models == ["m-*"] && new.tags == ["g"] && new.isDisabled)
        #expect(new.modelMap.map(\.name) == ["x"] && new.modelMap.map(\.value) == ["y"])
        #expect(new.sha256 == [UInt8](repeating: 0xDD, count: 32) && new.expires == 4_070_908_800)
        #expect(after[0].expires == 4_000_000_000 && after[0].isDisabled && after[0].user == "one")
        #expect(try keys(make(rotation("one", oldEnds: 4_999_999_999)).text)[0].expires == 4_070_908_800, "no later")
    }

    @Test func `without an end the old entry stays byte for byte`() throws {
        let text = try make(rotation("two")).text
        #expect(text.hasPrefix(Self.file.prefix(Self.file.count - 6)))
    }

    @Test func `what cannot be changed is told and left as it is`() throws {
        #expect(try code(.revoke(id: "nobody")) == "key_not_found")
        #expect(try code(.revoke(id: "own")) == "key_in_configuration")
        #expect(try code(rotation("own")) == "key_in_configuration")
        #expect(try code(rotation("two", to: "own")) == "key_exists")
        #expect(try code(rotation("two", to: "one")) == "key_exists")
        #expect(try code(rotation("ended")) == "key_expired")
    }

    @Test func `a change that the configuration does not bear is taken back`() throws {
        var reloads = 0
        let (result, text) = try make(.revoke(id: "two")) {
            reloads += 1
            return reloads == 1 ? ["a policy names it"] : []
        }
        guard case .failure(let failure) = result else {
            Issue.record("the change was made")
            return
        }
        #expect(failure.error.code == "invalid_configuration" && failure.mistakes == ["a policy names it"])
        #expect(text == Self.file && reloads == 2)
    }

    @Test(
        arguments: [
            ("alice", "alice-"), ("alice-0a1b2c", "alice-"), ("alice-laptop", "alice-laptop-"), ("-0a1b2c", "-0a1b2c-"),
            ("alice-0A1B2C", "alice-0A1B2C-"),
        ])
    func `an id is made of the old one`(id: String, stem: String) {
        let made = KeyRenewal.makeID(from: id)
        #expect(made.hasPrefix(stem) && made.count == stem.count + 6 && made != id)
    }
}
