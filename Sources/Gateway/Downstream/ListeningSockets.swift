import CSystem
import Glibc

/// The sockets of one listener, one for each worker, so that the kernel spreads connections over them (SO_REUSEPORT).
///
/// Made by the supervisor before any worker runs: an address that cannot be used ends the start with a clear message.
struct ListeningSockets: Sendable {
    let name: String
    /// Where it listens; the port is the real one if 0 was asked for.
    let address: String
    let isSecure: Bool
    /// One per worker, in their order; each worker closes its own.
    let descriptors: [Int32]

    init(_ configuration: ListenerConfiguration, workers: Int) throws(SocketError) {
        name = configuration.name
        isSecure = configuration.tls != nil
        var address = configuration.address
        // SO_REUSEPORT would let us share an address with another process of the same user without noticing.
        if address.port != 0 { close(try Self.bind(address, reusePort: false)) }
        var descriptors: [Int32] = []
        for _ in 0..<workers {
            let descriptor = try Self.bind(address, reusePort: true)
            descriptors.append(descriptor)
            if address.port == 0 { address = address.with(port: SocketAddress.port(of: descriptor)) }
        }
        for descriptor in descriptors {
            guard listen(descriptor, 4096) == 0 else { throw SocketError(address: address, code: errno) }
        }
        self.address = address.description
        self.descriptors = descriptors
    }

    private static func bind(_ address: ListenAddress, reusePort: Bool) throws(SocketError) -> Int32 {
        let family = address.family == .ipv4 ? AF_INET : AF_INET6
        let flags = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(family, Int32(flags), 0)
        guard descriptor >= 0 else { throw SocketError(address: address, code: errno) }
        set(descriptor, SOL_SOCKET, SO_REUSEADDR)
        if reusePort { set(descriptor, SOL_SOCKET, SO_REUSEPORT) }
        if family == AF_INET6 { set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY) }
        let code = unsafe SocketAddress.with(address) { unsafe Glibc.bind(descriptor, $0, $1) }
        guard code == 0 else {
            let reason = errno
            close(descriptor)
            throw SocketError(address: address, code: reason)
        }
        return descriptor
    }

    private static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        unsafe setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}

/// An address on which the gateway cannot listen.
struct SocketError: Error, CustomStringConvertible {
    let address: ListenAddress
    /// errno
    let code: Int32

    var description: String { unsafe "cannot listen on \(address): \(String(cString: strerror(code)))" }
}
