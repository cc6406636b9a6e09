import Testing
import Upstreams

@testable import Gateway

@Suite("Redis: TLS")
struct RedisTLSTests {
    /// A server that speaks TLS alone, and the authority's file.
    private static func server(names: String = "IP:127.0.0.1,DNS:localhost") throws -> (RedisServer, String) {
        let folder = try TLSTestFolder()
        let authority = try TLSTestIdentity("authority", isAuthority: true)
        let identity = try TLSTestIdentity("redis", alternativeNames: names, issuer: authority)
        let files = try identity.write(to: folder)
        let authorities = try authority.write(to: folder)
        let port = RedisServer.freePorts(1)[0]
        let server = try RedisServer(
            port: port, certificates: folder,
            arguments: [
                "--tls-cert-file", files.certificateFile, "--tls-key-file", files.keyFile,
                "--tls-ca-cert-file", authorities.certificateFile, "--tls-auth-clients", "no",
            ])
        return (server, authorities.certificateFile)
    }

    @Test("Commands, large values and pipelines travel over TLS")
    func works() throws {
        let (server, file) = try Self.server()
        let link = RedisLink(server) {
            $0.isSecure = true
            $0.authoritiesFile = file
        }
        let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0) }
        var set = RedisCommand("SET", key: "k")
        set.add(bytes)
        #expect(link.call(set).failure == nil)
        #expect(link.call("GET", key: "k") == .success(.bytes(bytes)))
        var answers: [Int] = []
        for _ in 0..<3000 {
            link.client.send(RedisCommand("INCR", key: "n")) { result in answers.append(result.integer ?? 0) }
        }
        #expect(link.loop.turn { answers.count == 3000 })
        #expect(answers == Array(1...3000))
        server.kill()
        #expect(link.loop.turn { link.changes == ["ready", "unavailable"] })
        try server.start()
        #expect(link.becomesReady())
        #expect(link.call("PING").failure == nil)
    }

    @Test("A certificate of another name, or of an authority that is not trusted, is refused")
    func certificates() throws {
        let (server, file) = try Self.server(names: "DNS:elsewhere.example")
        for trusted in [file, nil] {
            let link = RedisLink(server) {
                $0.isSecure = true
                $0.authoritiesFile = trusted
            }
            link.client.start()
            #expect(link.loop.turn { link.client.state.isRefusedCertificate })
        }
    }

    @Test("Closing over TLS leaves no descriptor open")
    func leaks() throws {
        let (server, file) = try Self.server()
        let link = RedisLink(server) {
            $0.isSecure = true
            $0.authoritiesFile = file
        }
        #expect(link.becomesReady())
        func round() {
            let client = RedisClient(link.client.settings, multi: link.multi, random: { 0 })
            var isDone = false
            client.send(RedisCommand("PING")) { _ in isDone = true }
            #expect(link.loop.turn { isDone })
            client.close()
        }
        round()
        link.loop.turn(for: 5)
        let before = RedisFailureTests.descriptors
        for _ in 0..<20 { round() }
        #expect(link.loop.turn { RedisFailureTests.descriptors <= before })
    }
}

extension RedisState {
    fileprivate var isRefusedCertificate: Bool {
        if case .unavailable(_, .connect(.tls(certificate: true))) = self { true } else { false }
    }
}
