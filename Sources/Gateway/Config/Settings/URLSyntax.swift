/// The parts of an absolute URL (RFC 3986) that the configuration looks at; neither query nor fragment is allowed.
struct URLSyntax {
    /// In lower case.
    let scheme: String
    /// A name or an address, the latter in brackets when IPv6, with `:port` when one is written.
    let authority: String
    /// Without slashes at its end; empty for the root.
    let path: String

    init?(_ text: String, schemes: [String], allowsUser: Bool = false) {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlain, !text.contains("?"), !text.contains("#"), !text.contains("\\") else { return nil }
        guard let separator = text.firstRange(of: "://") else { return nil }
        scheme = text[..<separator.lowerBound].lowercased()
        let rest = text[separator.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var host = rest[..<slash]
        if let at = host.lastIndex(of: "@") {
            guard allowsUser else { return nil }
            host = host[host.index(after: at)...]
        }
        guard schemes.contains(scheme), Self.isHostAndPort(host) else { return nil }
        authority = String(host)
        var path = rest[slash...]
        while path.last == "/" { path.removeLast() }
        self.path = String(path)
    }

    private static func isHostAndPort(_ text: Substring) -> Bool {
        var host = text
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            let port = text[text.index(after: colon)...]
            guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), (1...65_535).contains(Int(port) ?? 0) else {
                return false
            }
            host = text[..<colon]
        }
        if host.first == "[", host.last == "]" {
            let address = host.dropFirst().dropLast()
            return !address.isEmpty && address.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        return !host.isEmpty
            && host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_") }
    }
}
