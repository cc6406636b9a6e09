import Testing

@testable import Gateway

/// Files that are not JSON: the place and the words.
@Suite("Syntax errors of a configuration")
struct ConfigSyntaxTests {
    @Test(
        "The first offence against the grammar is told with its place",
        arguments: [
            ("", "1:1: the file is empty; expected an object"),
            (" \n ", "1:1: the file is empty; expected an object"),
            ("[1]", "1:1: expected an object, found \"[\""),
            ("\n  \"text\"", "2:3: expected an object, found a string"),
            ("{\n  \"a\": 1,\n}", "2:9: a comma before \"}\" is one too many"),
            ("{\"ä\": [1, 2, ]}", "1:12: a comma before \"]\" is one too many"),
            ("{\"a\": 1,, \"b\": 2}", "1:9: one comma too many"),
            ("{\"a\": 1\n \"b\": 2}", "2:2: unexpected string; is a comma missing before it?"),
            ("{\"a\" 1}", "1:6: unexpected \"1\""),
            ("{\"a\":}", "1:6: unexpected \"}\""),
            ("{\"ü\": tru}", "1:7: unexpected \"tru\""),
            ("{\"a\": nulx}", "1:7: unexpected \"nulx\""),
            ("{a: 1}", "1:2: unexpected \"a\""),
            ("{\"a\": 'x'}", "1:7: strings need double quotes"),
            ("{\"a\": 1 // one\n}", "1:9: JSON has no comments"),
            ("{\"a\": 01}", "1:7: not a JSON number, or out of range: \"01\""),
            ("{\"a\": 1e999}", "1:7: not a JSON number, or out of range: \"1e999\""),
            ("{\"a\": \"\\q\"}", "1:7: this string holds an escape that JSON does not have"),
            ("{\n \"a\": \"x,\n \"b\": 1}", "2:7: this string is not closed on its line"),
            ("{\"a\": \"x", "1:7: this string is not closed"),
            ("{\"a\": \"x\ty\"}", "1:9: a control character in a string must be written as an escape"),
            ("{\"a\": {\n\"b\": 1}", "1:1: this \"{\" is not closed"),
            ("{\"a\": [1, 2", "1:7: this \"[\" is not closed"),
            ("{\"a\": 1]", "1:8: \"]\" does not close the \"{\" of line 1"),
            ("{\"a\": 1} x", "1:10: unexpected \"x\" after the end of the object"),
            ("{\"a\": 1}}", "1:9: unexpected \"}\" after the end of the object"),
            ("{\"a\": [\n1}", "2:2: \"}\" does not close the \"[\" of line 1"),
            ("{\"a\"}", "1:5: unexpected \"}\""),
            ("\u{FEFF}{}", "1:1: the file begins with a byte order mark; save it without one"),
            (
                "{\"a\":" + String(repeating: "[", count: 64) + String(repeating: "]", count: 64) + "}",
                "1:69: nested too deeply"
            ),
        ])
    func grammar(_ text: String, _ expected: String) {
        #expect(Self.places(Array(text.utf8)) == [expected])
    }

    @Test("A byte that is not UTF-8 is told with its place")
    func invalidUTF8() {
        let bytes = Array("{\n \"ä\": \"x".utf8) + [0xC3] + Array("\"}".utf8)
        #expect(Self.places(bytes) == ["2:9: not UTF-8"])
    }

    @Test("Escapes are resolved in names and values, and duplicates are seen through them")
    func escapes() {
        let text = #"{ "workers": 1, "w\u006frkers": 2 }"#
        let duplicate = ConfigFixture.issues(bytes: Array(text.utf8)).map(\.description).filter {
            $0.contains("duplicate")
        }
        #expect(duplicate == ["g.json:1:17: workers: duplicate key; it is already on line 1"])
    }

    @Test("No prefix of a sound file loads, and each is told with a place inside of it")
    func prefixes() {
        let bytes = Array(ConfigFixture.minimal.utf8)
        let lines = ConfigFixture.minimal.split(separator: "\n").count
        for length in 0..<bytes.count {
            let issues = ConfigFixture.issues(bytes: Array(bytes[..<length]))
            #expect(issues.count == 1 && issues[0].position.map { (1...lines).contains($0.line) } == true)
        }
    }

    @Test("A file with any one byte replaced loads or is told what is wrong, and nothing worse happens")
    func mutations() {
        let bytes = Array(ConfigFixture.minimal.utf8)
        var refused = 0
        for offset in bytes.indices {
            for byte in [UInt8(0), 0x22, 0x2C, 0x5C, 0x5D, 0x7B, 0x7D, 0x80, 0xFF] where byte != bytes[offset] {
                var mutated = bytes
                mutated[offset] = byte
                if !ConfigFixture.issues(bytes: mutated).isEmpty { refused += 1 }
            }
        }
        #expect(refused > bytes.count * 5)
    }

    private static func places(_ bytes: [UInt8]) -> [String] {
        ConfigFixture.issues(bytes: bytes).map { String($0.description.dropFirst("g.json:".count)) }
    }
}
