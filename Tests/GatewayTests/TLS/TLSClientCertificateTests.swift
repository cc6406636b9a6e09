import COpenSSL
import Testing

@testable import Gateway

@Suite struct TLSClientCertificateTests {
    private let folder: TLSTestFolder
    private let server: TLSSettings.CertificateFiles
    private let authorityFile: String
    private let alice: TLSTestIdentity
    private let stranger: TLSTestIdentity
    private let late: TLSTestIdentity

    init() throws {
        folder = try TLSTestFolder()
        server = try TLSTestIdentity("server").write(to: folder)
        let authority = try TLSTestIdentity("authority", isAuthority: true)
        authorityFile = try authority.write(to: folder).certificateFile
        alice = try TLSTestIdentity("alice", issuer: authority)
        late = try TLSTestIdentity("late", issuer: authority, validity: -9 ..< -3)
        stranger = try TLSTestIdentity("stranger", issuer: TLSTestIdentity("elsewhere", isAuthority: true))
    }

    private func link(
        _ clients: TLSSettings.ClientCertificates, _ identity: TLSTestIdentity?, _ version: Int32
    ) throws -> TLSTestLink {
        let settings = TLSSettings(certificates: [server], clientCertificates: clients)
        return try TLSTestLink(
            TLSContext(settings, ticketKeys: TicketKeys()), .init(versions: version...version, identity: identity))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func aCertificateOfTheAuthorityIsAcceptedAndNamed(version: Int32) throws {
        for rule in [
            TLSSettings.ClientCertificates.optional(authorityFile: authorityFile),
            .required(authorityFile: authorityFile),
        ] {
            let link = try link(rule, alice, version)
            try link.connect()
            #expect(link.server.peerCertificate?.subject == "CN=alice,O=Test")
        }
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func anOptionalCertificateMayBeMissing(version: Int32) throws {
        let link = try link(.optional(authorityFile: authorityFile), nil, version)
        try link.connect()
        #expect(link.server.peerCertificate == nil)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func aRequiredCertificateMustBeThere(version: Int32) throws {
        let link = try link(.required(authorityFile: authorityFile), nil, version)
        #expect(link.handshake().server == .failed(.tls("peer did not return a certificate")))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func aCertificateOfAnotherAuthorityIsRefusedEvenWhereOptional(version: Int32) throws {
        let link = try link(.optional(authorityFile: authorityFile), stranger, version)
        let reason = "certificate verify failed: unable to get local issuer certificate"
        #expect(link.handshake().server == .failed(.tls(reason)))
    }

    @Test func anExpiredClientCertificateIsRefused() throws {
        let link = try link(.required(authorityFile: authorityFile), late, TLS1_3_VERSION)
        #expect(link.handshake().server == .failed(.tls("certificate verify failed: certificate has expired")))
    }

    @Test func aCertificateIsNotAskedForUnlessConfigured() throws {
        let link = try link(.ignored, alice, TLS1_3_VERSION)
        try link.connect()
        #expect(link.server.peerCertificate == nil)
    }
}
