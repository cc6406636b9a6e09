import Policies

/// Callers by the digest of what they showed, bounded, each until its time.
///
/// Two halves: what is used moves to the younger one, and once that is full the older one is dropped whole. So nothing
/// is searched for or sorted, and who comes often stays.
struct IdentityCache {
    private struct Entry {
        let identity: Identity
        /// Seconds since 1970 from which it no longer counts.
        let expires: Int
    }

    private var young: [Digest: Entry] = [:]
    private var old: [Digest: Entry] = [:]
    private let half: Int

    /// `limit`: entries at most.
    init(limit: Int) { half = limit / 2 }

    /// How many are held.
    var count: Int { young.count + old.count }

    /// `now`: seconds since 1970.
    mutating func find(_ digest: Digest, now: Int) -> Identity? {
        if let entry = young[digest] { return now < entry.expires ? entry.identity : nil }
        guard let entry = old.removeValue(forKey: digest), now < entry.expires else { return nil }
        insert(entry, for: digest)
        return entry.identity
    }

    mutating func insert(_ identity: Identity, for digest: Digest, until expires: Int) {
        insert(Entry(identity: identity, expires: expires), for: digest)
    }

    mutating func removeAll() {
        young.removeAll()
        old.removeAll()
    }

    private mutating func insert(_ entry: Entry, for digest: Digest) {
        if young.count >= half {
            old = young
            young.removeAll(keepingCapacity: true)
        }
        young[digest] = entry
    }
}
