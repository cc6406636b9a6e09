import COpenSSL
import Testing

@testable import Gateway

@Suite struct TLSResumptionTests {
    private let folder: TLSTestFolder
    private let files: [TLSSettings.CertificateFiles]
    private let authorityFile: String
    private let client: TLSTestIdentity
    private let keys = TicketKeys()

    init() throws {
        folder = try TLSTestFolder()
        files = try [
            TLSTestIdentity("first", alternativeNames: "DNS:first.test").write(to: folder),
            TLSTestIdentity("second", alternativeNames: "DNS:second.test").write(to: folder),
        ]
        let authority = try TLSTestIdentity("authority", isAuthority: true)
        authorityFile = try authority.write(to: folder).certificateFile
        client = try TLSTestIdentity("alice", issuer: authority)
    }

    private func context(
        _ clients: TLSSettings.ClientCertificates = .ignored, keys: TicketKeys? = nil
    ) throws -> TLSContext {
        try TLSContext(
            TLSSettings(certificates: files, clientCertificates: clients), ticketKeys: keys ?? self.keys)
    }

    /// Connects to one context for a ticket, then to the other with it; gives the second server session's view.
    private func resume(
        _ first: TLSContext, _ second: TLSContext, _ options: TLSTestClient.Options
    ) throws -> (isResumed: Bool, subject: String?) {
        let earlier = try TLSTestLink(first, options)
        try earlier.connect()
        _ = try earlier.send("bytes that bring the ticket")
        var options = options
        options.session = try earlier.client.ticket()
        let later = try TLSTestLink(second, options)
        try later.connect()
        #expect(later.client.isResumed == later.server.isResumed)
        return (later.server.isResumed, later.server.peerCertificate?.subject)
    }

    @Test(
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION], [nil, "first.test", "second.test", "unknown.test"] as [String?])
    func ticketsResumeOnAnotherContextWithTheSameKeys(version: Int32, name: String?) throws {
        let options = TLSTestClient.Options(versions: version...version, serverName: name, protocols: ["http/1.1"])
        #expect(try resume(try context(), try context(), options).isResumed)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func ticketsOfOtherKeysLeadToAFullHandshake(version: Int32) throws {
        let options = TLSTestClient.Options(versions: version...version)
        #expect(try !resume(try context(), try context(keys: TicketKeys()), options).isResumed)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func aResumedSessionKeepsTheClientsSubject(version: Int32) throws {
        let rules = TLSSettings.ClientCertificates.required(authorityFile: authorityFile)
        let options = TLSTestClient.Options(versions: version...version, identity: client)
        let later = try resume(try context(rules), try context(rules), options)
        #expect(later.isResumed)
        #expect(later.subject == "CN=alice,O=Test")
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func aTicketDoesNotGetAroundStricterClientRules(version: Int32) throws {
        let options = TLSTestClient.Options(versions: version...version)
        let earlier = try TLSTestLink(try context(), options)
        try earlier.connect()
        _ = try earlier.send("bytes that bring the ticket")
        var again = options
        again.session = try earlier.client.ticket()
        let strict = try context(.required(authorityFile: authorityFile))
        #expect(try TLSTestLink(strict, again).handshake().server == .failed(.tls("peer did not return a certificate")))
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func aTicketUnderAnotherAuthorityLeadsToAFullHandshake(version: Int32) throws {
        let both = try folder.write(
            try folder.contents("authority.pem") + TLSTestIdentity("other", isAuthority: true).certificateText,
            to: "both.pem")
        let options = TLSTestClient.Options(versions: version...version, identity: client)
        let later = try resume(
            try context(.required(authorityFile: authorityFile)), try context(.required(authorityFile: both)), options)
        #expect(!later.isResumed)
    }
}
