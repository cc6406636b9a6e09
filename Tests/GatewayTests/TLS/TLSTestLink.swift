import COpenSSL
import Glibc
import Testing
import Upstreams

@testable import Gateway

/// A client and a server session on the two ends of a socket pair, driven by turns on one thread.
final class TLSTestLink {
    var server: TLSSession
    let client: TLSTestClient
    private let descriptor: Int32

    /// `sendBuffer` bounds what the kernel holds for the server, so that its writes come to block.
    init(_ context: TLSContext, _ options: TLSTestClient.Options = .init(), sendBuffer: Int32? = nil) throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        try #require(unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0)
        if var size = sendBuffer {
            unsafe setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        descriptor = ends[0]
        server = TLSSession(context, descriptor: ends[0])
        client = try TLSTestClient(options, descriptor: ends[1])
    }

    deinit { close(descriptor) }

    /// Runs both sides until each is done or the server has failed; tells how each ended.
    func handshake() -> (server: HandshakeProgress, client: HandshakeProgress) {
        var ends = (server: HandshakeProgress.wouldBlock(wantsWrite: false), client: client.handshake())
        for _ in 0..<20 {
            if case .wouldBlock = ends.server { ends.server = server.handshake() }
            if case .wouldBlock = ends.client { ends.client = client.handshake() }
        }
        return ends
    }

    /// A handshake that must succeed.
    func connect() throws {
        let ends = handshake()
        try #require(ends.server == .complete && ends.client == .complete, "\(ends)")
    }

    /// Sends `text` from the server, which brings the client its tickets too, and gives what arrives.
    func send(_ text: String) throws -> String {
        var buffer = ByteBuffer(Array(text.utf8))
        try #require(server.write(from: &buffer) == .moved(text.utf8.count))
        var received: [UInt8] = []
        while received.count < text.utf8.count {
            guard case .moved = client.read(into: &received) else { break }
        }
        return String(decoding: received, as: UTF8.self)
    }
}
