import Glibc

/// An IP address and a port, parsed; never a name to look up.
package struct ListenAddress: Hashable, Sendable {
    package enum Family: Sendable {
        case ipv4
        case ipv6
    }

    package let family: Family
    /// Without brackets, as written.
    package let host: String
    /// 0: the kernel chooses.
    package let port: UInt16
    /// 4 or 16 bytes in network order.
    package let bytes: [UInt8]

    /// Parses `127.0.0.1:8080` or `[::1]:8080`.
    package init?(_ text: String) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit), let port = UInt16(digits) else { return nil }
        var host = String(text[..<colon])
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = String(host.dropFirst().dropLast()) }
        var bytes = [UInt8](repeating: 0, count: isBracketed ? 16 : 4)
        let parsed = unsafe bytes.withUnsafeMutableBytes { memory in
            unsafe inet_pton(isBracketed ? AF_INET6 : AF_INET, host, memory.baseAddress)
        }
        guard parsed == 1 else { return nil }
        family = isBracketed ? .ipv6 : .ipv4
        self.host = host
        self.port = port
        self.bytes = bytes
    }

    /// Whether the text is an IP address, `127.0.0.1` or `::1`.
    package static func isHost(_ text: String) -> Bool { (Self("\(text):0") ?? Self("[\(text)]:0"))?.host == text }

    /// The same host with another port.
    package func with(port: UInt16) -> ListenAddress {
        ListenAddress(family: family, host: host, port: port, bytes: bytes)
    }

    private init(family: Family, host: String, port: UInt16, bytes: [UInt8]) {
        self.family = family
        self.host = host
        self.port = port
        self.bytes = bytes
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool {
        switch family {
        case .ipv4: bytes[0] == 127
        case .ipv6:
            bytes == [UInt8](repeating: 0, count: 15) + [1]
                || (bytes[..<12].elementsEqual([UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]) && bytes[12] == 127)
        }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// As `init(_:)` parses it; equal addresses may be written in several ways.
    package var description: String {
        family == .ipv6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}

extension ConfigType<ListenAddress> {
    static var listenAddress: Self {
        parsed(
            "an IP address and port such as \"127.0.0.1:8080\" or \"[::1]:8080\"",
            pattern: "^([0-9.]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]{1,5}$", placeholder: .placeholder,
            json: { .string($0.description) }, parse: ListenAddress.init)
    }
}

extension ListenAddress {
    /// Any free port of the loopback interface.
    private init(loopback: Void) {
        family = .ipv4
        host = "127.0.0.1"
        port = 0
        bytes = [127, 0, 0, 1]
    }

    fileprivate static var placeholder: ListenAddress { ListenAddress(loopback: ()) }
}
