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
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let client = TestSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        let connected = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return unsafe bind(listener.descriptor, base, length) == 0 && listen(listener.descriptor, 1) == 0
                && getsockname(listener.descriptor, base, &length) == 0
                && connect(client.descriptor, base, length) == 0
        }
        try #require(connected)
        let server = TestSocket(accept(listener.descriptor, nil, nil))
        for end in [client, server] { _ = fcntl(end.descriptor, F_SETFL, O_NONBLOCK) }
        return (server, client)
    }

    /// One that listens on a free port of this machine.
    static func listening() throws -> TestListener {
        let socket = TestSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return unsafe bind(socket.descriptor, base, length) == 0 && listen(socket.descriptor, 8) == 0
                && getsockname(socket.descriptor, base, &length) == 0
        }
        try #require(isListening)
        return TestListener(socket: socket, port: Int(UInt16(bigEndian: address.sin_port)))
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
