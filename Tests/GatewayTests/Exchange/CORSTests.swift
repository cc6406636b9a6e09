import Testing
import Upstreams

@testable import Gateway

/// Pages of other origins.
struct CORSTests {
    private func cors(_ origins: String) throws -> CORS {
        CORS(try ConfigFixture.load(ConfigFixture.root(["cors": #"{"origins": [\#(origins)]}"#])).cors)
    }

    @Test(
        arguments: [
            ("", "https://a.example", nil), (#""https://a.example""#, "https://a.example", "https://a.example"),
            (#""https://a.example""#, "https://a.example.evil", nil),
            (#""https://a.example""#, "http://a.example", nil),
            (#""https://a.example""#, "null", nil), (#""*""#, "https://any.example", "*"), (#""*""#, nil, nil),
        ] as [(String, String?, String?)])
    func `an origin that is listed is allowed, as it stands`(
        origins: String, origin: String?, allowed: String?
    ) throws {
        let field = origin.map { "origin: \($0)" } ?? "accept: */*"
        #expect(try cors(origins).allowedOrigin(.reading("GET / HTTP/1.1", field)) == allowed)
    }

    @Test func `caches are told that the answer depends on the origin, unless it does not`() throws {
        let listed = try cors(#""https://a.example""#)
        #expect(ByteBuffer.text { listed.write(origin: "https://a.example", to: &$0) }.contains("vary: origin\r\n"))
        let any = try cors(#""*""#)
        #expect(!ByteBuffer.text { any.write(origin: "*", to: &$0) }.contains("vary"))
    }

    @Test func `pages may read what names a stream, and where an answer comes from`() throws {
        let any = try cors(#""*""#)
        let fields = ByteBuffer.text { any.write(origin: "*", to: &$0) }
        let exposed = try #require(fields.split(separator: "\r\n").first { $0.hasPrefix("access-control-expose") })
        for name in ["x-request-id", "x-stream-id", "x-cache", "age", "x-policy", "preference-applied"] {
            #expect(exposed.contains(" \(name)"))
        }
    }
}
