import Testing

@testable import Gateway

/// What `sluice keys list` shows, and how the command line writes the end of a key.
struct KeyTableTests {
    private func table() throws -> KeyTable {
        let hash = { (digit: String) in String(repeating: digit, count: 64) }
        let text = #"""
            { "keys": [
              { "id": "a", "sha256": "\#(hash("1"))", "user": "alice", "team": "research", "models": ["gpt-*", "echo"],
                "tags": ["batch"], "expires": "9999-12-31T23:59:59Z" },
              { "id": "long-id", "sha256": "\#(hash("2"))", "expires": "2030-01-01T01:00:00+01:00" },
              { "id": "off", "sha256": "\#(hash("3"))", "disabled": true } ] }
            """#
        return KeyTable(try ConfigLoader.keys(bytes: Array(text.utf8), file: "k"), now: 1_893_456_000)
    }

    @Test func `a table in columns`() throws {
        #expect(
            try table().text == """
                ID       USER     TEAM      MODELS      TAGS   EXPIRES               STATE
                a        alice    research  gpt-*,echo  batch  9999-12-31T23:59:59Z  active
                long-id  long-id  -         *           -      2030-01-01T00:00:00Z  expired
                off      off      -         *           -      never                 disabled
                """)
    }

    @Test func `JSON for programs, without hashes`() throws {
        let json = try table().json
        #expect(json.contains(#""state": "expired""#) && json.contains(#""team": null"#))
        #expect(!json.contains("sha256") && !json.contains("1111"))
    }

    @Test(
        "The end of a key is days from now, a date or a time",
        arguments: [
            ("90d", 7_776_000), ("1d", 86_400), ("2030-01-01", 1_893_456_000), ("2030-01-01T00:00:01Z", 1_893_456_001),
            ("0d", nil), ("-1d", nil), ("d", nil), ("100001d", nil), ("2030-02-30", nil), ("soon", nil), ("", nil),
        ] as [(String, Int?)])
    func expiry(_ text: String, _ seconds: Int?) {
        #expect(KeyExpiry.seconds(text, now: 0) == seconds)
    }
}
