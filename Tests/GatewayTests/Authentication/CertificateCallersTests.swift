import Policies
import Testing
import Upstreams

@testable import Gateway

/// Callers by client certificate.
struct CertificateCallersTests {
    private func identify(
        _ section: String, now: Int = 0, _ change: (inout PeerCertificate) -> Void = { _ in }
    ) throws -> String? {
        var certificate = PeerCertificate(
            subject: "CN=al,O=Us", commonName: "al", emails: ["al@us", "al@them"], dnsNames: ["al.us"],
            uris: ["spiffe://us/al"], expires: 100)
        change(&certificate)
        let settings = try #require(Self.read(section))
        let identity = try CertificateCallers(settings).identify(certificate, now: now)
        return identity.map { "\($0.user ?? "nil") \($0.team ?? "nil") \($0.models.map(\.pattern))" }
    }

    private static func read(_ section: String) -> ClientCertificateConfiguration? {
        let text = ConfigText(file: "g.json", bytes: Array(section.utf8))
        let context = ConfigContext(text: text, folder: "/nowhere", environment: { _ in nil })
        return ConfigDocument.parse(context).flatMap { node in
            ConfigReader.read(
                ConfigPlace(node: node, path: "", context: context), ClientCertificateConfiguration.init)
        }
    }

    @Test(
        "A part of the certificate is the user",
        arguments: [
            ("common_name", "al"), ("email", "al@us"), ("dns", "al.us"), ("uri", "spiffe://us/al"),
            ("subject", "CN=al,O=Us"),
        ])
    func names(_ name: String, _ user: String) throws {
        #expect(try identify("{\"name\": \"\(name)\"}") == "\(user) nil [\"*\"]")
    }

    @Test func `listed callers alone are known`() throws {
        let list = #"{"callers": {"al": {"user": "alice", "team": "red", "models": ["a*"]}, "bo": {}}}"#
        #expect(try identify(list) == "alice red [\"a*\"]")
        #expect(try identify(list) { $0.commonName = "bo" } == "bo nil [\"*\"]")
        #expect(try identify(list) { $0.commonName = "Al" } == nil)
    }

    @Test func `a certificate without a plain name is no one's`() throws {
        for name in [nil, "", "al\u{0}.evil", "al\n", "al\u{FFFD}"] {
            #expect(try identify("{}") { $0.commonName = name } == nil)
        }
        #expect(try identify(#"{"name": "email"}"#) { $0.emails = [] } == nil)
    }

    @Test func `a certificate ends while its connection lives on`() throws {
        #expect(try identify("{}", now: 100) != nil)
        let error = #expect(throws: APIError.self) { try identify("{}", now: 101) }
        #expect(error?.status == .unauthorized && error?.message.contains("expired") == true)
    }
}
