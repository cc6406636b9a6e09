import Policies
import Upstreams

/// The callers' keys, found by their digest.
///
/// Holds digests alone. A look-up hashes the key that was shown, so its time tells nothing of the keys that exist, and
/// digests are compared in constant time.
struct Keyring: Sendable {
    private struct Entry {
        let identity: Identity
        /// Seconds since 1970.
        let expires: Int?
        let isDisabled: Bool

        func identity(now: Int) throws(APIError) -> Identity {
            if isDisabled { throw .disabledKey }
            if let expires, now >= expires { throw .expiredKey }
            return identity
        }
    }

    private let entries: [Digest: Entry]

    init(_ keys: [KeyConfiguration]) {
        var entries: [Digest: Entry] = [:]
        for key in keys {
            guard let digest = Digest(bytes: key.sha256) else { continue }
            let identity = Identity(
                keyID: key.id, user: key.user, team: key.team, tags: key.tags, models: key.models.map { Glob($0) },
                modelMap: key.modelMap.map { (Glob($0.name), $0.value) })
            entries[digest] = Entry(identity: identity, expires: key.expires, isDisabled: key.isDisabled)
        }
        self.entries = entries
    }

    /// Who shows this key, of which `sha256` makes the digest. `now`: seconds since 1970.
    func identify(_ key: RawSpan, _ sha256: SHA256 = SHA256(), now: Int) throws(APIError) -> Identity {
        guard let entry = entries[sha256.hash(key)] else {
            throw .wrongKey(unsafe key.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) })
        }
        return try entry.identity(now: now)
    }

    /// Whether it is a key of the gateway's, be it expired or disabled.
    func has(_ key: RawSpan) -> Bool { !entries.isEmpty && entries[SHA256.hash(key)] != nil }

    func has(keyID: String) -> Bool { entries.values.contains { $0.identity.keyID == keyID } }

    /// Who holds the key of this id, for operators who ask in someone's name; nil: there is none.
    func identify(keyID: String, now: Int) throws(APIError) -> Identity? {
        try entries.values.first { $0.identity.keyID == keyID }?.identity(now: now)
    }
}
