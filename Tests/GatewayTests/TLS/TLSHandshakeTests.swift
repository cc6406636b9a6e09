import COpenSSL
import Testing

@testable import Gateway

@Suite struct TLSHandshakeTests {
    private let folder: TLSTestFolder
    private let first: TLSSettings.CertificateFiles
    private let second: TLSSettings.CertificateFiles

    init() throws {
        folder = try TLSTestFolder()
        first = try TLSTestIdentity("first", alternativeNames: "DNS:first.test,IP:127.0.0.1").write(to: folder)
        second = try TLSTestIdentity("second", alternativeNames: "DNS:second.test,DNS:*.second.test").write(to: folder)
    }

    private func context(
        minimumVersion: TLSVersion = .tls12, protocols: [String] = ["http/1.1"]
    ) throws -> TLSContext {
        try TLSContext(
            TLSSettings(
                certificates: [first, second], minimumVersion: minimumVersion, applicationProtocols: protocols),
            ticketKeys: TicketKeys())
    }

    @Test(arguments: [(TLS1_2_VERSION, TLSVersion.tls12), (TLS1_3_VERSION, .tls13)])
    func bothVersionsConnectAndCarryBytes(number: Int32, version: TLSVersion) throws {
        let link = try TLSTestLink(try context(), .init(versions: number...number))
        try link.connect()
        #expect(link.server.version == version)
        #expect(try link.send("hello") == "hello")
        #expect(link.server.isResumed == false)
        #expect(link.server.peerCertificate == nil)
    }

    @Test func aHandshakeWithoutBytesWouldBlockUntilReadable() throws {
        let link = try TLSTestLink(try context())
        #expect(link.server.handshake() == .wouldBlock(wantsWrite: false))
        #expect(link.server.version == nil)
        try link.connect()
    }

    @Test(arguments: [
        (TLS1_1_VERSION, TLSVersion.tls12), (TLS1_1_VERSION, .tls13), (TLS1_2_VERSION, .tls13),
    ])
    func olderVersionsThanTheMinimumAreRefused(number: Int32, minimum: TLSVersion) throws {
        let link = try TLSTestLink(try context(minimumVersion: minimum), .init(versions: number...number))
        let ends = link.handshake()
        #expect(ends.server == .failed(.tls("unsupported protocol")))
        #expect(ends.client == .failed(.tls("tlsv1 alert protocol version")))
        #expect(link.server.handshake() == .failed(.tls("session is closed")))
    }

    @Test(arguments: [
        (nil, "first.test"), ("first.test", "first.test"), ("second.test", "second.test"),
        ("SECOND.test", "second.test"), ("a.second.test", "second.test"), ("a.b.second.test", "first.test"),
        ("unknown.test", "first.test"),
    ])
    func theCertificateIsChosenByServerName(name: String?, expected: String) throws {
        for version in [TLS1_2_VERSION, TLS1_3_VERSION] {
            let link = try TLSTestLink(try context(), .init(versions: version...version, serverName: name))
            try link.connect()
            #expect(try link.client.serverNames().first == expected)
        }
    }

    @Test func theServersPreferredCommonProtocolIsChosen() throws {
        let link = try TLSTestLink(
            try context(protocols: ["http/1.1", "http/1.0"]),
            .init(serverName: "second.test", protocols: ["h2", "http/1.0", "http/1.1"]))
        try link.connect()
        #expect(link.server.applicationProtocol == "http/1.1")
    }

    @Test func aClientWithoutProtocolsGoesOnWithoutOne() throws {
        let link = try TLSTestLink(try context())
        try link.connect()
        #expect(link.server.applicationProtocol == nil)
    }

    @Test func aClientOfOtherProtocolsAloneIsRefusedWithTheRightAlert() throws {
        let ends = try TLSTestLink(try context(), .init(protocols: ["h2", "http/1.1x"])).handshake()
        #expect(ends.server == .failed(.tls("no application protocol")))
        #expect(ends.client == .failed(.tls("tlsv1 alert no application protocol")))
    }

    @Test func withoutProtocolsOfOurOwnTheOfferIsLeftUnanswered() throws {
        let link = try TLSTestLink(try context(protocols: []), .init(protocols: ["h2"]))
        try link.connect()
        #expect(link.server.applicationProtocol == nil)
    }

    @Test func manyThreadsMakeSessionsFromOneContextAtOnce() async throws {
        let context = try context()
        let names = try await withThrowingTaskGroup(of: [String].self) { group in
            for worker in 0..<4 {
                group.addTask {
                    try (0..<40).map { turn in
                        let name = (worker + turn).isMultiple(of: 2) ? "first.test" : "second.test"
                        let link = try TLSTestLink(context, .init(serverName: name, protocols: ["http/1.1"]))
                        try link.connect()
                        return try link.client.serverNames().first == name ? "right" : "wrong"
                    }
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(names == Array(repeating: "right", count: 160))
    }

    @Test func sessionsOutliveTheHandleToTheirContext() throws {
        var handle: TLSContext? = try context()
        weak let observed = handle
        var link: TLSTestLink? = try TLSTestLink(try #require(handle), .init(serverName: "second.test"))
        handle = nil
        #expect(observed != nil)
        try link?.connect()
        link = nil
        #expect(observed == nil)
    }
}
