import Glibc
import Testing

@testable import Gateway

/// Secrets and other files that a configuration names.
@Suite("Files and secrets of a configuration")
struct ConfigFilesTests {
    @Test("A secret comes from the environment or a file, and a line end after it is dropped")
    func secrets() throws {
        try ConfigFixture.withFiles(["key": "sk-file\r\n"]) { folder in
            let members = #""base_url": "http://a", "api_key": { "file": "\#(folder)/key" }, "headers": "#
            let upstream = try #require(
                try ConfigFixture.openaiUpstream(
                    members + #"{ "X-Team": "t", "x-token": { "env": "TOKEN" } }"#, environment: ["TOKEN": "sk-env"]))
            guard case .key(let key) = upstream.credential else {
                Issue.record("no key")
                return
            }
            #expect(key.exposed == "sk-file")
            #expect(upstream.headers.map(\.name) == ["x-team", "x-token"])
            #expect(upstream.headers.map(\.value.exposed) == ["t", "sk-env"])
        }
    }

    @Test("The caller's own key can be passed on")
    func clientKey() throws {
        let members = #""base_url": "http://a", "api_key": { "from": "client" }"#
        guard case .client? = try ConfigFixture.openaiUpstream(members)?.credential else {
            Issue.record("not the client's key")
            return
        }
    }

    @Test(
        "A secret that cannot be had is a mistake at its place",
        arguments: [
            (#"{ "env": "NONE" }"#, #".env: the environment variable "NONE" is not set"#),
            (
                #"{ "env": "EMPTY" }"#,
                #".env: "EMPTY" holds no value that a header can carry: visible ASCII is expected"#
            ),
            (
                #"{ "env": "LINES" }"#,
                #".env: "LINES" holds no value that a header can carry: visible ASCII is expected"#
            ),
            (#"{ "file": "none" }"#, #".file: cannot read "/nowhere/none": No such file or directory"#),
            (#"{ "file": "/" }"#, #".file: cannot read "/": Is a directory"#),
            (#"{ "from": "server" }"#, #".from: expected "client", found "server""#),
            (
                #"{ "evn": "A" }"#,
                #".evn: unknown key (did you mean "env"?);"#
                    + #" expected { "env": NAME } or { "file": PATH } or { "from": "client" }"#
            ),
            (
                #"{ "env": "A", "file": "b" }"#,
                #": expected { "env": NAME } or { "file": PATH } or { "from": "client" }, found an object"#
            ),
        ])
    func missingSecrets(_ secret: String, _ expected: String) {
        let text = ConfigFixture.openai(#""base_url": "http://a", "api_key": \#(secret)"#)
        let mistakes = ConfigFixture.mistakes(text, environment: ["EMPTY": "", "LINES": "a\nb"])
        #expect(mistakes == ["upstreams.up.api_key\(expected)"])
    }

    @Test("A secret shows itself to nobody who prints it or what holds it")
    func discretion() {
        let secret = Secret("sk-hidden")
        let header = UpstreamHeader(name: "a", value: secret)
        var dumped = ""
        dump(header, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), "\(header)", String(reflecting: [secret]), dumped] {
            #expect(text.contains("***") && !text.contains("hidden"))
        }
    }

    @Test("TLS files must be there, unless both of the first pair are missing and will be made")
    func tlsFiles() throws {
        try ConfigFixture.withFiles(["a.pem": "x", "a.key": "x"]) { folder in
            func mistakes(_ pairs: [(String, String)], _ more: String) -> [String] {
                let list = pairs.map {
                    #"{ "certificate_file": "\#(folder)/\#($0)", "key_file": "\#(folder)/\#($1)" }"#
                }
                let tls = #"{ "certificates": [\#(list.joined(separator: ", "))] \#(more) }"#
                let listener = #"[{ "name": "a", "address": "127.0.0.1:1", "tls": \#(tls) }]"#
                return ConfigFixture.mistakes(ConfigFixture.root(["listeners": listener])).map {
                    $0.replacing("listeners[0].tls.", with: "").replacing(folder, with: "")
                }
            }
            let selfSigned = #", "self_signed_for": ["localhost"]"#
            #expect(mistakes([("a.pem", "a.key")], "").isEmpty)
            #expect(mistakes([("b.pem", "b.key")], selfSigned).isEmpty)
            #expect(
                mistakes([("b.pem", "a.key")], selfSigned) == [
                    #"certificates[0].certificate_file: cannot read "/b.pem": No such file or directory"#
                ])
            #expect(mistakes([("a.pem", "a.key"), ("b.pem", "b.key")], selfSigned).count == 2)
            #expect(
                mistakes([("a.pem", "a.key")], #", "client_certificate": "optional""#) == [
                    "client_certificate: needs client_ca_file beside it"
                ])
        }
    }

    @Test("A file that cannot be read is one mistake without a position")
    func unreadable() {
        let expected = "/nowhere/g.json: cannot read the file: No such file or directory"
        #expect(throws: ConfigErrors.self) { try ConfigLoader.load(path: "/nowhere/g.json") }
        let result = ConfigLoader.check(path: "/nowhere/g.json")
        #expect(!result.isSound && result.report == "\(expected)\n/nowhere/g.json: 1 mistake")
    }

    @Test("Relative paths refer to the folder of the file")
    func relativePaths() throws {
        let text = ConfigFixture.openai(#""base_url": "http://a", "api_key": { "file": "key" }"#)
        try ConfigFixture.withFiles(["g.json": text, "key": "sk-beside"]) { folder in
            let configuration = try ConfigLoader.load(path: "\(folder)/g.json")
            guard case .openai(let upstream)? = configuration.upstreams.last?.kind,
                case .key(let key) = upstream.http.credential
            else {
                Issue.record("no key")
                return
            }
            #expect(key.exposed == "sk-beside")
        }
    }
}
