import Glibc
import Testing

@testable import Gateway

/// One end of a connection, in a test's hands: non-blocking, closed with its owner.
final class TestSocket {
    private(set) var descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { end() }

    /// Two ends of one connection within this machine.
    static func pair() throws -> (TestSocket, TestSocket) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        try #require(unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0)
        return (TestSocket(ends[0]), TestSocket(ends[1]))
    }

    /// The same over TCP, which has resets.
    static func tcpPair() throws -> (TestSocket, TestSocket) {
        signal(SIGPIPE, SIG_IGN)
        let listener = TestSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try #require(TestAddress.port(0).bind(listener.descriptor) && listen(listener.descriptor, 1) == 0)
        let client = TestSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        try #require(TestAddress.port(TestAddress.port(of: listener.descriptor)).connect(client.descriptor))
        let server = TestSocket(accept(listener.descriptor, nil, nil))
        for end in [client, server] { _ = fcntl(end.descriptor, F_SETFL, O_NONBLOCK) }
        return (server, client)
    }

    /// One that listens on a free port of this machine.
    static func listening() throws -> TestListener {
        let socket = TestSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0))
        try #require(TestAddress.port(0).bind(socket.descriptor) && listen(socket.descriptor, 8) == 0)
        return TestListener(socket: socket, port: TestAddress.port(of: socket.descriptor))
    }

    /// Gives the descriptor away to a new owner.
    func release() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    func end() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Sends as much as is taken; gives how much that was.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Int {
        unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    @discardableResult
    func send(_ text: String) -> Int { send(Array(text.utf8)) }

    /// What came; nil when nothing waits, empty at the end of the stream.
    func receive(atMost count: Int = 65_536) -> [UInt8]? {
        // The end of the stream leaves it as it was.
        errno = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { memory, filled in
            filled = max(0, unsafe recv(descriptor, memory.baseAddress, count, 0))
        }
        return bytes.isEmpty && errno == EAGAIN ? nil : bytes
    }

    func setBuffer(_ option: Int32, _ bytes: Int32) {
        var bytes = bytes
        unsafe setsockopt(descriptor, SOL_SOCKET, option, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }
}
