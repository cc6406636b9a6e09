import Glibc

/// Where a test's socket is, as the system's calls take it.
enum TestAddress {
    /// Of this machine's loopback; 0: whichever is free.
    case port(Int)
    /// A socket's file.
    case file(String)

    func bind(_ socket: Int32) -> Bool { unsafe with { unsafe Glibc.bind(socket, $0, $1) } == 0 }

    func connect(_ socket: Int32) -> Bool { unsafe with { unsafe Glibc.connect(socket, $0, $1) } == 0 }

    /// Whether somebody takes connections there.
    var isListening: Bool {
        let client = TestSocket(socket(family, Int32(SOCK_STREAM.rawValue), 0))
        return connect(client.descriptor)
    }

    /// Which port a socket has.
    static func port(of socket: Int32) -> Int {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutableBytes(of: &address) { bytes in
            unsafe getsockname(socket, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), &length)
        }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private var family: Int32 { if case .file = self { AF_UNIX } else { AF_INET } }

    private func with(_ call: (UnsafePointer<sockaddr>?, socklen_t) -> Int32) -> Int32 {
        switch self {
        case .port(let port):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
            return unsafe Self.generic(&address, call)
        case .file(let path):
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
            return unsafe Self.generic(&address, call)
        }
    }

    private static func generic<Address>(
        _ address: inout Address, _ call: (UnsafePointer<sockaddr>?, socklen_t) -> Int32
    ) -> Int32 {
        unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe call(bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }
}
