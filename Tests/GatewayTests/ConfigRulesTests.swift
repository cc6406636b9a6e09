import Testing

@testable import Gateway

/// Rules that one value or several together must keep.
@Suite("Rules of a configuration")
struct ConfigRulesTests {
    @Test(
        "Listen addresses are an IP address and a port",
        arguments: [
            ("127.0.0.1:0", true), ("0.0.0.0:65535", true), ("[::1]:8080", true), ("[::]:80", true),
            ("127.0.0.1", false), ("127.0.0.1:", false), ("127.0.0.1:65536", false), ("127.0.0.1:+1", false),
            ("localhost:80", false), (":80", false), ("::1:80", false), ("[127.0.0.1]:80", false), ("1.2.3:80", false),
        ])
    func addresses(_ text: String, _ isSound: Bool) {
        #expect((ListenAddress(text) != nil) == isSound)
    }

    @Test(
        "Loopback is 127.0.0.0/8, ::1 and the former in IPv6",
        arguments: [
            ("127.8.9.1:80", true), ("[::1]:80", true), ("[::ffff:127.0.0.1]:80", true), ("0.0.0.0:80", false),
            ("[::]:80", false), ("10.0.0.1:80", false), ("[::ffff:10.0.0.1]:80", false), ("[fe80::1]:80", false),
        ])
    func loopback(_ text: String, _ isLoopback: Bool) {
        #expect(ListenAddress(text)?.isLoopback == isLoopback)
    }

    @Test(
        "An API that the network can reach needs a key or allow_open",
        arguments: [
            (#"[]"#, false),
            (#"[{ "kind": "auth", "require": "open" }]"#, false),
            (#"[{ "kind": "auth", "require": "open", "allow_open": true }]"#, true),
            (#"[{ "kind": "auth", "require": "key" }]"#, true),
            (#"[{ "kind": "auth", "require": "key", "mode": "shadow" }]"#, false),
            (#"[{ "kind": "auth", "require": "key", "match": { "listeners": ["local"] } }]"#, false),
            (
                #"[{ "kind": "auth", "require": "open", "match": { "listeners": ["local"] } },"#
                    + #" { "kind": "auth", "require": "key" }]"#, true
            ),
        ])
    func openListeners(_ policies: String, _ isSound: Bool) {
        let mistakes = ConfigFixture.mistakes(
            ConfigFixture.root([
                "listeners": #"""
                [{ "name": "net", "address": "[::]:80" }, { "name": "local", "address": "127.0.0.1:80" },
                 { "name": "health", "address": "0.0.0.0:81", "serves": ["health"] }]
                """#,
                "policies": policies,
            ]))
        #expect(mistakes.isEmpty == isSound)
        if !isSound {
            #expect(mistakes.count == 1)
            #expect(mistakes[0].hasPrefix("listeners[0].address: [::]:80 can be reached from the network"))
        }
    }

    @Test(
        "A policy that could never act is a mistake",
        arguments: [
            (
                #""dialects": ["openai", "qestion"]"#,
                #"dialects[1]: expected one of "openai", "messages", "question", "code", "ask", "agent", "#
                    + #"found "qestion" (did you mean "question"?)"#
            ),
            (#""paths": ["*", "v1/chat"]"#, #"paths[1]: expected a path such as "/v1/chat/*", found "v1/chat""#),
            (#""listeners": ["public", "nowhere"]"#, #"listeners[1]: there is no listener "nowhere""#),
        ])
    func matches(_ match: String, _ mistake: String) {
        let policies = #"[{ "kind": "auth", "require": "open" }, { "kind": "cache", "match": { \#(match) } }]"#
        let found = ConfigFixture.mistakes(ConfigFixture.root(["policies": policies]))
        #expect(found == ["policies[1].match.\(mistake)"])
    }

    @Test(
        "Admin without keys is served on a loopback listener of its own alone",
        arguments: [
            ("127.0.0.1:9", #"["admin", "metrics"]"#, "", true),
            ("127.0.0.1:9", #"["admin", "api"]"#, "", false),
            ("10.0.0.1:9", #"["admin"]"#, "", false),
            ("10.0.0.1:9", #"["admin"]"#, #"{ "id": "root", "sha256": "HASH" }"#, true),
        ])
    func admin(_ address: String, _ serves: String, _ key: String, _ isSound: Bool) {
        let keys = key.replacing("HASH", with: String(repeating: "ab", count: 32))
        let mistakes = ConfigFixture.mistakes(
            ConfigFixture.root([
                "listeners": #"[{ "name": "a", "address": "\#(address)", "serves": \#(serves) }]"#,
                "admin": #"{ "keys": [\#(keys)] }"#,
            ]))
        let told = "listeners[0].serves: admin without admin.keys needs a loopback listener of its own"
        #expect(mistakes == (isSound ? [] : [told]))
    }

    @Test("Port 0 may be used by several listeners, another address once")
    func uniqueAddresses() {
        func mistakes(_ first: String, _ second: String) -> Int {
            ConfigFixture.mistakes(
                ConfigFixture.root([
                    "listeners":
                        #"[{ "name": "a", "address": "\#(first)" }, { "name": "b", "address": "\#(second)" }]"#
                ])
            ).count
        }
        #expect(mistakes("127.0.0.1:0", "127.0.0.1:0") == 0)
        #expect(mistakes("127.0.0.1:80", "[::1]:80") == 0)
        #expect(mistakes("[::1]:80", "[0:0::1]:80") == 1)
    }

    @Test(
        "Base URLs are http or https with a host and nothing hidden in them",
        arguments: [
            ("http://localhost:11434/v1", true), ("https://[::1]:8443", true), ("https://a_b.example", true),
            ("ftp://a", false), ("https://", false), ("https://u:p@a/", false), ("https://a?x=1", false),
            ("https://a/#x", false), ("https://a b", false), ("https://a:0", false), ("https://a:99999", false),
            ("https://a:", false), ("a.example", false), ("https://ä.example", false), ("https://[x]", false),
        ])
    func baseURLs(_ url: String, _ isSound: Bool) {
        let mistakes = ConfigFixture.mistakes(ConfigFixture.openai(#""base_url": "\#(url)""#))
        #expect(mistakes.isEmpty == isSound)
        #expect(mistakes.allSatisfy { $0.hasPrefix("upstreams.up.base_url: expected an http or https URL") })
    }

    @Test(
        "Headers of an upstream are well-formed, its own, and given once",
        arguments: [
            (#"{ "X-A": "1" }"#, []),
            (#"{ "X-A": "1", "x-a": "2" }"#, ["headers.x-a: this header is given twice; case does not matter"]),
            (#"{ "Host": "a" }"#, ["headers.Host: the gateway sets this header itself"]),
            (#"{ "a b": "1" }"#, [#"headers["a b"]: expected a header's name"#]),
            (
                #"{ "a": "x\r\ny: z" }"#,
                ["headers.a: expected a header's value of visible ASCII or a secret, found a string of 6 characters"]
            ),
        ])
    func headers(_ headers: String, _ expected: [String]) {
        let text = ConfigFixture.openai(#""base_url": "http://a", "headers": \#(headers)"#)
        #expect(ConfigFixture.mistakes(text) == expected.map { "upstreams.up.\($0)" })
    }

    @Test("What does not go together is told")
    func contradictions() {
        let http2 = ConfigFixture.openai(#""base_url": "http://a", "http_version": "2""#)
        #expect(
            ConfigFixture.mistakes(http2) == [
                "upstreams.up.http_version: HTTP/2 is spoken over TLS alone; expected an https base_url"
            ])
        let weights = ConfigFixture.root([
            "models": #"[{ "name": "m", "targets": [{ "upstream": "echo", "weight": 0 }] }]"#
        ])
        #expect(
            ConfigFixture.mistakes(weights) == ["models[0].targets: expected a weight above 0 on at least one target"])
    }

    @Test(
        "The nearest word is suggested, if it is near",
        arguments: [
            ("max_connexions", "max_connections"), ("WORKERS", "workers"), ("wrokers", "workers"), ("tsl", "tls"),
            ("completely_else", nil), ("", nil),
        ] as [(String, String?)])
    func suggestions(_ word: String, _ expected: String?) {
        #expect(Suggestion.nearest(to: word, among: ["max_connections", "workers", "tls"]) == expected)
    }
}
