/// Counts of texts that were counted before: a conversation sends its whole history again with each turn.
///
/// Owns a table of fixed size, made when it is first used, where a newcomer takes the place of whoever was there. Keeps
/// no text: one is known by its length and a hash of 64 bits that is keyed anew in each process (`Hasher`), so that
/// nobody can make two texts that are taken for one another.
struct TokenMemo {
    /// What tells one text from another.
    struct Key {
        fileprivate let hash: Int
        fileprivate let length: Int32

        /// Texts beyond 2 GiB are not told apart by their length.
        init(_ text: RawSpan) {
            var hasher = Hasher()
            unsafe text.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
            hash = hasher.finalize()
            length = Int32(clamping: text.byteCount)
        }

        fileprivate var place: Int { hash & (TokenMemo.size - 1) }
    }

    private struct Entry {
        var hash = 0
        /// Of the text, in bytes; -1: nobody is here.
        var length: Int32 = -1
        var tokens: Int32 = 0
    }

    private var entries: [Entry] = []

    /// A power of two: 256 KiB.
    private static let size = 16_384

    /// The tokens of a text; nil: not known.
    subscript(key: Key) -> Int? {
        get {
            guard !entries.isEmpty else { return nil }
            let entry = entries[key.place]
            return entry.hash == key.hash && entry.length == key.length ? Int(entry.tokens) : nil
        }
        set {
            if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.size) }
            entries[key.place] =
                newValue.map { Entry(hash: key.hash, length: key.length, tokens: Int32(clamping: $0)) } ?? Entry()
        }
    }
}
