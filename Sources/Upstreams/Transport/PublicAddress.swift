import Glibc

/// Which addresses belong to the public internet (IANA's special-purpose address registries, RFC 6890): those that a
/// name chosen by somebody else may lead to without reaching into a private network or this machine.
package enum PublicAddress {
    /// False for anything that is no address, too.
    package static func contains(text: String) -> Bool {
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            return unsafe withUnsafeBytes(of: &four) { unsafe contains(Array($0)) }
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return false }
        return unsafe withUnsafeBytes(of: &six) { unsafe contains(Array($0)) }
    }

    /// The four or sixteen bytes of an address, in the network's order.
    package static func contains(_ bytes: [UInt8]) -> Bool {
        switch bytes.count {
        case 4: isPublic4(bytes[0], bytes[1], bytes[2])
        case 16: isPublic6(bytes)
        default: false
        }
    }

    private static func isPublic4(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> Bool {
        switch (a, b, c) {
        case (0, _, _), (10, _, _), (127, _, _), (169, 254, _), (192, 168, _): false
        case (100, 64...127, _), (172, 16...31, _), (198, 18...19, _): false
        case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 51, 100), (203, 0, 113): false
        case (224..., _, _): false
        default: true
        }
    }

    /// Only 2000::/3 is given out; in it some ranges stand for IPv4 or for documents and tunnels.
    private static func isPublic6(_ bytes: [UInt8]) -> Bool {
        let zeros = bytes.prefix { $0 == 0 }.count
        if zeros == 10, bytes[10] == 0xFF, bytes[11] == 0xFF { return contains(Array(bytes[12...])) }
        // 64:ff9b::/96, which networks translate to IPv4.
        if bytes[..<12].elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]) {
            return contains(Array(bytes[12...]))
        }
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        switch (bytes[0], bytes[1]) {
        case (0x20, 0x02): return contains(Array(bytes[2..<6]))
        case (0x20, 0x01): return !(bytes[2] <= 0x01 || bytes[2] == 0x0D && bytes[3] == 0xB8)
        case (0x3F, 0xFF): return bytes[2] > 0x0F
        default: return true
        }
    }
}
