import Testing
import Upstreams

@testable import Gateway

@Suite("Configuration of Redis")
struct ConfigRedisTests {
    /// Reads one object as a Redis store; the second part is what was wrong with it.
    private static func read(
        _ text: String, environment: [String: String] = [:]
    ) -> (RedisStoreConfiguration?, [String]) {
        let context = ConfigContext(
            text: ConfigText(file: "g.json", bytes: Array(text.utf8)), folder: "/nowhere",
            environment: { environment[$0] })
        let store = ConfigDocument.parse(context).flatMap { node in
            ConfigReader.read(ConfigPlace(node: node, path: "", context: context), RedisStoreConfiguration.init)
        }
        return (store, context.issues.map { "\($0.path): \($0.message)" })
    }

    @Test("A URL and its defaults")
    func defaults() throws {
        let (store, mistakes) = Self.read(#"{ "url": "rediss://app:p%40ss@cache:6380/2" }"#)
        #expect(mistakes.isEmpty)
        let settings = try #require(store).settings(name: "me")
        #expect(settings.address == .tcp(host: "cache", port: 6380) && settings.isSecure && settings.database == 2)
        #expect(settings.user == "app" && settings.password == "p@ss" && settings.prefix == "sluice:")
        #expect(settings.connectTimeout == 1000 && settings.commandTimeout == 250 && settings.clientName == "me")
        #expect(!settings.isCluster && settings.sentinel == nil && settings.authoritiesFile == nil)
        #expect(!"\(String(describing: store))".contains("p%40ss"))
    }

    @Test("Members of their own replace what the URL says")
    func members() throws {
        let (store, mistakes) = Self.read(
            #"""
            { "url": "redis://cache", "user": "u", "password": { "env": "PW" }, "prefix": "", "cluster": true,
              "connect_timeout_ms": 5, "command_timeout_ms": 6, "failure_threshold": 7, "max_pending": 8 }
            """#, environment: ["PW": "secret"])
        #expect(mistakes.isEmpty)
        let settings = try #require(store).settings(name: "")
        #expect(settings.user == "u" && settings.password == "secret" && settings.prefix.isEmpty && settings.isCluster)
        #expect(settings.connectTimeout == 5 && settings.commandTimeout == 6)
        #expect(settings.failureThreshold == 7 && settings.maxPending == 8)
    }

    @Test("Sentinels stand in for a URL")
    func sentinel() throws {
        let (store, mistakes) = Self.read(
            #"""
            { "sentinel": { "addresses": ["a", "[::1]:1"], "master": "main", "password": { "env": "SP" }, "tls": true,
              "database": 3 } }
            """#, environment: ["SP": "watch"])
        #expect(mistakes.isEmpty)
        let settings = try #require(store).settings(name: "")
        let addresses = [RedisAddress.tcp(host: "a", port: 26_379), .tcp(host: "::1", port: 1)]
        #expect(settings.sentinel == .init(addresses: addresses, master: "main", password: "watch"))
        #expect(settings.isSecure && settings.database == 3 && settings.password == nil)
    }

    @Test(
        "What makes no sense is told, and no password with it",
        arguments: [
            ("{}", [": expected either url or sentinel"]),
            (
                #"{ "url": "redis://a", "sentinel": { "addresses": ["a"], "master": "m" } }"#,
                [": expected either url or sentinel"]
            ),
            (
                #"{ "sentinel": { "addresses": ["a"], "master": "m" }, "cluster": true }"#,
                ["cluster: expected without sentinel"]
            ),
            (
                #"{ "url": "redis://a/1", "cluster": true }"#,
                ["url: a cluster has no numbered databases; expected a URL without one"]
            ),
            (#"{ "url": "redis://a", "user": "x" }"#, ["user: expected with a password"]),
            (
                #"{ "url": "http://:hidden@a" }"#,
                ["url: expected a redis://, rediss:// or unix: URL or a secret, found a string of 16 characters"]
            ),
            (
                #"{ "url": "redis://a", "prefix": "{x}" }"#,
                [#"prefix: expected visible ASCII without spaces and braces, found "{x}""#]
            ),
            (
                #"{ "url": "redis://a", "password": "hidden" }"#,
                [#"password: expected { "env": NAME } or { "file": PATH }, found a string of 6 characters"#]
            ),
            (
                #"{ "sentinel": { "addresses": [], "master": "m" } }"#,
                ["sentinel.addresses: expected at least 1 in the list, found none"]
            ),
        ])
    func mistakes(_ text: String, _ told: [String]) { #expect(Self.read(text).1 == told) }
}
