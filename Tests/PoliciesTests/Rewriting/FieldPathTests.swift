import Testing

@testable import Policies

/// Names of fields and pointers to inner ones.
@Suite("Field paths")
struct FieldPathTests {
    @Test(
        "A name is a field of the body, a pointer one inside",
        arguments: [
            ("temperature", ["temperature"]), ("a/b", ["a/b"]), ("/metadata/team", ["metadata", "team"]),
            ("/a~1b/c~0d/~01", ["a/b", "c~d", "~1"]), ("~2", ["~2"]),
            ("/a/b/c/d/e/f/g/h", Array("abcdefgh").map(String.init)),
        ] as [(String, [String])])
    func paths(text: String, keys: [String]) {
        #expect(FieldPath(text)?.keys == keys)
    }

    @Test("Neither a name nor a pointer", arguments: ["", "/", "/a/", "//a", "/a~2", "/a~", "/a/b/c/d/e/f/g/h/i"])
    func none(text: String) {
        #expect(FieldPath(text) == nil)
    }

    @Test("A field overlaps those inside of it")
    func overlaps() throws {
        let metadata = try #require(FieldPath("metadata"))
        let team = try #require(FieldPath("/metadata/team"))
        let user = try #require(FieldPath("/metadata/user"))
        #expect(metadata.overlaps(team) && team.overlaps(metadata) && team.overlaps(team))
        #expect(!team.overlaps(user))
    }

    @Test(
        "What decides the way of a request is not edited",
        arguments: ["model", "stream", "messages", "/stream_options/x"])
    func reserved(text: String) throws {
        #expect(try #require(FieldPath(text)).reservation != nil)
        #expect(try #require(FieldPath("/metadata/\(text.hasPrefix("/") ? "x" : text)")).reservation == nil)
    }
}
