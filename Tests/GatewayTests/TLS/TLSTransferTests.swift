import COpenSSL
import Glibc
import Testing
import Upstreams

@testable import Gateway

@Suite struct TLSTransferTests {
    private let folder: TLSTestFolder
    private let context: TLSContext

    init() throws {
        folder = try TLSTestFolder()
        let files = try TLSTestIdentity("server").write(to: folder)
        context = try TLSContext(TLSSettings(certificates: [files]), ticketKeys: TicketKeys())
    }

    private func open(_ options: TLSTestClient.Options = .init(), sendBuffer: Int32? = nil) throws -> TLSTestLink {
        let link = try TLSTestLink(context, options, sendBuffer: sendBuffer)
        try link.connect()
        return link
    }

    @Test func readingWithoutBytesWouldBlockAndChangesNothing() throws {
        let link = try open()
        var buffer = ByteBuffer([1, 2])
        #expect(link.server.read(into: &buffer, atMost: 100) == .wouldBlock(wantsWrite: false))
        #expect(buffer.copy() == [1, 2])
        #expect(link.server.hasPending == false)
    }

    @Test func aReadTakesNoMoreThanAskedAndTheRestIsPending() throws {
        let link = try open()
        #expect(link.client.write([1, 2, 3, 4, 5]) == .moved(5))
        var buffer = ByteBuffer([0])
        #expect(link.server.read(into: &buffer, atMost: 3) == .moved(3))
        #expect(buffer.copy() == [0, 1, 2, 3])
        #expect(link.server.hasPending == true)
        #expect(link.server.read(into: &buffer, atMost: 3) == .moved(2))
        #expect(buffer.copy() == [0, 1, 2, 3, 4, 5])
        #expect(link.server.hasPending == false)
    }

    @Test func recordsReadAheadArePendingThoughTheSocketIsEmpty() throws {
        let link = try open()
        #expect(link.client.write([1]) == .moved(1))
        #expect(link.client.write([2]) == .moved(1))
        var buffer = ByteBuffer()
        #expect(link.server.read(into: &buffer, atMost: 100) == .moved(1))
        #expect(link.server.hasPending == true)
        #expect(link.server.read(into: &buffer, atMost: 100) == .moved(1))
        #expect(buffer.copy() == [1, 2])
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func aStalledReaderBlocksTheWriterAndLosesNothing(version: Int32) throws {
        let link = try open(.init(versions: version...version), sendBuffer: 4_096)
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var buffer = ByteBuffer(Array(bytes[..<200_000]))
        var received: [UInt8] = []
        var blocked = 0
        var late = bytes[200_000...]
        for _ in 0..<1_000 where received.count < bytes.count {
            writing: while !buffer.isEmpty {
                switch link.server.write(from: &buffer) {
                case .moved(let count): #expect((1...16_384).contains(count))
                case .wouldBlock(let wantsWrite):
                    #expect(wantsWrite)
                    blocked += 1
                    break writing
                case .endOfStream, .failed:
                    Issue.record("the connection ended")
                    return
                }
            }
            // The buffer grows, and moves in memory, between the tries.
            buffer.append(Array(late.prefix(5_000)))
            late = late.dropFirst(5_000)
            while case .moved = link.client.read(into: &received) {}
        }
        #expect(blocked > 10)
        #expect(received == bytes)
    }

    @Test func aHandshakeIntoAFullSocketWouldBlockUntilWritable() throws {
        // The client's ticket-bearing flights fit anywhere, so the server's certificate is made large instead.
        let names = (0..<400).map { "DNS:a-rather-long-name-number-\($0).test" }.joined(separator: ",")
        let files = try TLSTestIdentity("large", alternativeNames: names).write(to: folder)
        let large = try TLSContext(TLSSettings(certificates: [files]), ticketKeys: TicketKeys())
        let link = try TLSTestLink(large, sendBuffer: 4_096)
        #expect(link.client.handshake() == .wouldBlock(wantsWrite: false))
        #expect(link.server.handshake() == .wouldBlock(wantsWrite: true))
        try link.connect()
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func closeNotifyEndsTheStreamAndWritingStillWorks(version: Int32) throws {
        let link = try open(.init(versions: version...version))
        link.client.sendCloseNotify()
        var buffer = ByteBuffer()
        #expect(link.server.read(into: &buffer, atMost: 100) == .endOfStream)
        #expect(link.server.read(into: &buffer, atMost: 100) == .endOfStream)
        #expect(try link.send("goodbye") == "goodbye")
    }

    @Test func anEndWithoutCloseNotifyIsTruncated() throws {
        let link = try open()
        Glibc.shutdown(link.client.descriptor, Int32(SHUT_WR))
        var buffer = ByteBuffer()
        #expect(link.server.read(into: &buffer, atMost: 100) == .failed(.truncated))
        buffer.append(1)
        #expect(link.server.write(from: &buffer) == .failed(.tls("session is closed")))
    }

    @Test func anEndDuringTheHandshakeIsTruncated() throws {
        let link = try TLSTestLink(context)
        Glibc.shutdown(link.client.descriptor, Int32(SHUT_WR))
        #expect(link.server.handshake() == .failed(.truncated))
    }

    @Test func writingToAClosedPeerFailsWithTheSystemsError() throws {
        let link = try open()
        Glibc.shutdown(link.client.descriptor, Int32(SHUT_RDWR))
        var buffer = ByteBuffer([1, 2, 3])
        #expect(link.server.write(from: &buffer) == .failed(.system(EPIPE)))
        #expect(buffer.count == 3)
    }

    @Test func plainTextIsRefusedAndLeavesNoErrorBehind() throws {
        let link = try TLSTestLink(context)
        let request = Array("GET / HTTP/1.1\r\n\r\n".utf8)
        #expect(unsafe Glibc.write(link.client.descriptor, request, request.count) == request.count)
        #expect(link.server.handshake() == .failed(.tls("http request")))
        #expect(ERR_peek_error() == 0)
    }

    @Test func anErrorLeftByOthersOnTheThreadIsNotTakenForOurs() throws {
        let link = try open()
        // Any failing call will do.
        #expect(unsafe BIO_new_file("/nowhere/at/all", "r") == nil)
        #expect(ERR_peek_error() != 0)
        var buffer = ByteBuffer()
        #expect(link.server.read(into: &buffer, atMost: 100) == .wouldBlock(wantsWrite: false))
    }

    @Test func shutdownSendsCloseNotifyOnceAndEndsTheSession() throws {
        let link = try open()
        link.server.shutdown()
        link.server.shutdown()
        var received: [UInt8] = []
        #expect(link.client.read(into: &received) == .endOfStream)
        var buffer = ByteBuffer()
        #expect(link.server.read(into: &buffer, atMost: 100) == .failed(.tls("session is closed")))
    }

    @Test func shutdownBeforeTheHandshakeIsHarmless() throws {
        let link = try TLSTestLink(context)
        link.server.shutdown()
        #expect(ERR_peek_error() == 0)
    }
}
