import Testing

@testable import Gateway

/// Keys in a file that the configuration names.
struct KeysFileConfigurationTests {
    private static let a = String(repeating: "aa", count: 32)
    private static let b = String(repeating: "bb", count: 32)

    /// Loads a configuration with one key, `own`, beside a keys file of this text.
    private func load(_ keys: String, _ body: (Result<Configuration, ConfigErrors>, String) throws -> Void) throws {
        let text = ConfigFixture.root([
            "keys": #"[{ "id": "own", "sha256": "\#(Self.a)" }]"#, "keys_file": #""keys.json""#,
        ])
        try ConfigFixture.withFiles(["g.json": text, "keys.json": keys]) { folder in
            let result = Result { () throws(ConfigErrors) in try ConfigLoader.load(path: "\(folder)/g.json") }
            try body(result, folder)
        }
    }

    private func mistakes(_ keys: String) throws -> [String] {
        var told: [String] = []
        try load(keys) { result, folder in
            guard case .failure(let error) = result else { return }
            told = error.issues.map { $0.description.replacing(folder, with: "") }
        }
        return told
    }

    @Test func `its keys come after those of the configuration`() throws {
        let keys = #"{ "keys": [{ "id": "new", "sha256": "\#(Self.b)", "tags": ["x"], "disabled": true }] }"#
        try load(keys) { result, _ in
            let found = try result.get().keys
            #expect(found.map(\.id) == ["own", "new"])
            #expect(found.map(\.tags) == [[], ["x"]] && found.map(\.isDisabled) == [false, true])
        }
    }

    @Test func `its mistakes are told with their places in it`() throws {
        let keys = #"""
            {
              "keys": [
                { "id": "k", "sha256": "short", "tag": [] },
                { "id": "k", "sha256": "\#(Self.b)", "tags": ["two words"] }
              ]
            }
            """#
        #expect(
            try mistakes(keys) == [
                "/keys.json:3:28: keys[0].sha256: expected a SHA-256 in 64 hexadecimal digits, "
                    + "found a string of 5 characters",
                #"/keys.json:3:37: keys[0].tag: unknown key (did you mean "tags"?)"#,
                "/keys.json:4:13: keys[1].id: two keys have this id; it is already on line 3",
                "/keys.json:4:105: keys[1].tags[0]: expected a tag of 1 to 64 visible ASCII characters, "
                    + #"found "two words""#,
            ])
    }

    @Test func `it is read as strictly as the configuration`() throws {
        #expect(try mistakes("").map { $0.prefix(15) } == ["/keys.json:1:1:"])
        #expect(try mistakes(#"{ "keys": [], }"#) == [#"/keys.json:1:13: a comma before "}" is one too many"#])
        #expect(try mistakes("{}") == ["/keys.json:1:1: keys: missing; it is required"])
        #expect(try mistakes(#"{ "keys": [] }"#).isEmpty)
    }

    @Test func `it does not repeat a key of the configuration`() throws {
        let keys = #"{ "keys": [{ "id": "own", "sha256": "\#(Self.a)" }] }"#
        #expect(
            try mistakes(keys) == [
                "/keys.json:1:20: keys[0].id: a key of the configuration itself has this id",
                "/keys.json:1:37: keys[0].sha256: the configuration itself has this key",
            ])
    }

    @Test func `tags are few and short`() throws {
        func keys(_ tags: [String]) -> String {
            #"{ "keys": [{ "id": "k", "sha256": "\#(Self.b)", "tags": \#(tags) }] }"#
        }
        #expect(try mistakes(keys((1...16).map { "t\($0)" })).isEmpty)
        let tooMany = try mistakes(keys((1...17).map { "t\($0)" }))
        #expect(tooMany.map { $0.hasSuffix("at most 16 tags, found 17") } == [true])
        #expect(try mistakes(keys([String(repeating: "t", count: 64)])).isEmpty)
        #expect(try mistakes(keys([String(repeating: "t", count: 65)])).count == 1)
    }

    @Test func `every file of a configuration is noted, and so is one that is missing`() throws {
        try load(#"{ "keys": [] }"#) { result, folder in
            let files = try result.get().files
            #expect(files.keys.sorted() == ["\(folder)/g.json", "\(folder)/keys.json"])
            #expect(files == FileStamp.of(files.keys))
        }
        let text = ConfigFixture.root(["keys_file": #""none.json""#])
        try ConfigFixture.withFiles(["g.json": text]) { folder in
            let error = #expect(throws: ConfigErrors.self) { try ConfigLoader.load(path: "\(folder)/g.json") }
            #expect(error?.files["\(folder)/none.json"] == .missing)
            #expect(error?.description.contains("No such file") == true)
        }
    }

    @Test func `keys alone can be read from a configuration that lacks its secrets`() throws {
        let text = ConfigFixture.root([
            "keys_file": #""keys.json""#, "keys": #"[{ "id": "own", "sha256": "\#(Self.a)" }]"#, "workers": #""many""#,
        ])
        let keys = #"{ "keys": [{ "id": "new", "sha256": "\#(Self.b)" }] }"#
        try ConfigFixture.withFiles(["g.json": text, "keys.json": keys]) { folder in
            let both = try ConfigLoader.keys(path: "\(folder)/g.json")
            let others = try ConfigLoader.keys(file: "\(folder)/keys.json")
            #expect(both.map(\.id) == ["own", "new"] && others.map(\.id) == ["new"])
        }
    }
}
