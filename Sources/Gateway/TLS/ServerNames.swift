/// Which certificate serves a host name: the answer to a client's server_name (RFC 6066 section 3).
struct ServerNames: Sendable {
    private var exact: [String: Int] = [:]
    /// By what follows the `*` of a wildcard, from its dot on.
    private var wildcards: [String: Int] = [:]

    /// Adds the names of certificate number `index`. A name that an earlier one has stays with that one.
    mutating func add(_ names: [String], index: Int) {
        for name in names {
            if name.hasPrefix("*.") {
                wildcards[String(name.dropFirst()), default: index] += 0
            } else {
                exact[name, default: index] += 0
            }
        }
    }

    /// The number of the certificate for `name`, in any case, or nil. A wildcard stands for one whole label, the
    /// leftmost (RFC 9525 section 6.3).
    func index(of name: String) -> Int? {
        let name = name.lowercased()
        if let found = exact[name] { return found }
        guard let dot = name.firstIndex(of: "."), dot != name.startIndex else { return nil }
        return wildcards[String(name[dot...])]
    }
}
