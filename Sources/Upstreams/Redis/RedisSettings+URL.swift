extension RedisSettings {
    /// What is wrong with a URL; says nothing of its password.
    package enum URLError: Error, Equatable {
        /// Neither `redis://`, `rediss://` nor `unix:`.
        case scheme
        /// No host, or no usable port.
        case address
        /// What follows the host is not the number of a database.
        case database
        /// User or password are not properly percent-encoded.
        case credentials
        /// A query or fragment.
        case unexpectedPart
    }

    /// `redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]`, the same with `rediss` for TLS, or `unix:PATH`.
    ///
    /// User and password are percent-decoded (RFC 3986 section 2.1). The port is 6379 unless it is written.
    package init(url: String) throws(URLError) {
        if let path = url.suffix(after: "unix://") ?? url.suffix(after: "unix:") {
            // The limit is that of sockaddr_un.
            guard path.first == "/", path.utf8.count < 108 else { throw .address }
            self.init(address: .unix(path: String(path)))
            return
        }
        let secure = url.suffix(after: "rediss://")
        guard var rest = secure ?? url.suffix(after: "redis://") else { throw .scheme }
        var credentials: Substring?
        if let at = rest.lastIndex(of: "@") {
            credentials = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        if rest.contains("?") || rest.contains("#") { throw .unexpectedPart }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        guard let address = RedisAddress(String(rest[..<slash]), defaultPort: 6379) else { throw .address }
        self.init(address: address)
        isSecure = secure != nil
        database = try Self.database(rest[slash...].dropFirst())
        if let credentials { try takeCredentials(credentials) }
    }

    private static func database(_ text: Substring) throws(URLError) -> Int {
        if text.isEmpty { return 0 }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), number < 65_536 else {
            throw .database
        }
        return number
    }

    private mutating func takeCredentials(_ text: Substring) throws(URLError) {
        guard let colon = text.firstIndex(of: ":") else { throw .credentials }
        guard let user = Self.percentDecoded(text[..<colon]),
            let password = Self.percentDecoded(text[text.index(after: colon)...])
        else { throw .credentials }
        self.user = user.isEmpty ? nil : user
        self.password = password.isEmpty ? nil : password
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension String {
    fileprivate func suffix(after prefix: String) -> Substring? {
        hasPrefix(prefix) ? dropFirst(prefix.count) : nil
    }
}
