import Glibc
import Testing

@testable import Gateway

/// The committed files that are made from the code. `SLUICE_UPDATE_GENERATED=1 swift test --filter ConfigGenerated`
/// writes them anew.
@Suite("Generated files of the configuration")
struct ConfigGeneratedFilesTests {
    @Test("The committed file is what the code generates", arguments: [GeneratedFile.schema, .reference])
    func isCurrent(_ file: GeneratedFile) throws {
        let path = "\(ConfigFixture.root)/\(file.rawValue)"
        if unsafe getenv("SLUICE_UPDATE_GENERATED") != nil { try ConfigFixture.write(file.text, to: path) }
        let committed = try FileAccess.read(path, limit: 1_000_000)
        #expect(String(decoding: committed, as: UTF8.self) == file.text, "\(file.rawValue) is not current")
    }

    @Test("The default configuration loads, and serves plain, TLS and operators on loopback")
    func defaultConfiguration() throws {
        let configuration = try ConfigLoader.load(path: "\(ConfigFixture.root)/config/gateway.json")
        #expect(
            configuration.listeners.map(\.address.description) == [
                "127.0.0.1:8080", "127.0.0.1:8443", "127.0.0.1:9090",
            ])
        #expect(configuration.listeners[2].serves == [.metrics, .health, .admin])
        let tls = try #require(configuration.listeners[1].tls)
        #expect(tls.selfSignedFor == ["localhost", "127.0.0.1"])
        #expect(tls.certificates.map(\.certificateFile) == ["\(ConfigFixture.root)/config/certs/server.pem"])
        #expect(configuration.authentication(onListener: "public")?.isOpen == true)
        #expect(ConfigLoader.check(path: "\(ConfigFixture.root)/config/gateway.json").isSound)
    }

    enum GeneratedFile: String, CustomTestStringConvertible {
        case schema = "config/gateway.schema.json"
        case reference = "docs/configuration.md"

        var text: String {
            switch self {
            case .schema: ConfigSchema.generate()
            case .reference: ConfigMarkdown.generate()
            }
        }

        var testDescription: String { rawValue }
    }
}
