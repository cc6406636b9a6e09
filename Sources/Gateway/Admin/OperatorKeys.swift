import Upstreams

/// The operators' keys, known by their digests (`admin.keys`), and who may use the operators' surface without one.
///
/// A look-up hashes the key that was shown and compares it with every digest in constant time.
struct OperatorKeys: Sendable {
    private struct Entry {
        let id: String
        let digest: Digest
    }

    private let entries: [Entry]

    init(_ keys: [AdminKeyConfiguration]) {
        entries = keys.compactMap { key in Digest(bytes: key.sha256).map { Entry(id: key.id, digest: $0) } }
    }

    /// The id of the key that the request shows; empty where none is asked for.
    ///
    /// - Parameters:
    ///   - isAlone: the listener is on loopback and serves no clients. There, as long as no keys are configured, every
    ///     program of the machine may ask, but no web page except the gateway's own.
    ///   - callers: whose keys are good, but not for this.
    ///   - now: seconds since 1970.
    func identify(_ head: RequestHead, isAlone: Bool, callers: Keyring, now: Int) throws(APIError) -> String {
        guard !entries.isEmpty else {
            try requireLocalProgram(head, isAlone: isAlone)
            return ""
        }
        guard let place = Credentials.range(in: head) else { throw .missingKey }
        return try head.withBytes(in: place) { (key) throws(APIError) in
            if let id = identify(SHA256.hash(key)) { return id }
            // Throws what is wrong with it, if it is no caller's either.
            _ = try callers.identify(key, now: now)
            throw .notAnOperator("This key is good for the API, not for the operators' surface.")
        }
    }

    private func identify(_ digest: Digest) -> String? {
        var found: String?
        for entry in entries where entry.digest == digest { found = entry.id }
        return found
    }

    /// A browser can be made to call what listens on loopback, by a page of another origin or by a name that leads
    /// there; it then tells the page's origin, or that name as the host.
    private func requireLocalProgram(_ head: RequestHead, isAlone: Bool) throws(APIError) {
        guard isAlone else {
            throw .notAnOperator("The operators' surface needs admin.keys on a listener like this one.")
        }
        guard Self.isLoopback(head.string(in: head.host)), Self.isOwn(head) else {
            throw .notAnOperator("Without admin.keys only programs on this machine may ask, by a loopback address.")
        }
    }

    /// Whether no web page asks, or one of the gateway's own: that has the origin that it calls.
    private static func isOwn(_ head: RequestHead) -> Bool {
        let (site, origin) = (head.value(of: "sec-fetch-site"), head.value(of: "origin"))
        let host = head.string(in: head.host)
        return (site ?? "same-origin") == "same-origin"
            && (origin.map { $0 == "http://\(host)" || $0 == "https://\(host)" } ?? true)
    }

    /// `localhost`, or an address of the loopback interface, with or without a port.
    private static func isLoopback(_ host: String) -> Bool {
        let end = host.hasSuffix("]") ? nil : host.lastIndex(of: ":")
        let name = host[..<(end ?? host.endIndex)]
        return name.lowercased() == "localhost" || ListenAddress("\(name):0")?.isLoopback == true
    }
}
