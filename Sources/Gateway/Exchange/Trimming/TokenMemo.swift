internal import CXXHash

/// Counts of texts that were counted before: a conversation sends its whole history again with each turn.
///
/// Owns a table of fixed size, made when it is first used, where a newcomer takes the place of whoever was there. Keeps
/// no text: one is known by its length and a hash of 64 bits (XXH3) with a secret of its own, so that nobody can make two
/// texts that are taken for one another. For one way of counting, on one worker.
struct TokenMemo {
    /// What tells one text from another.
    struct Key {
        fileprivate let hash: UInt64
        fileprivate let length: Int32

        fileprivate var place: Int { Int(hash % UInt64(TokenMemo.size)) }
    }

    private struct Entry {
        var hash: UInt64 = 0
        /// Of the text, in bytes; -1: nobody is here.
        var length: Int32 = -1
        var tokens: Int32 = 0
    }

    private var entries: [Entry] = []
    private let secret: [UInt8]

    /// 256 KiB.
    private static let size = 16_384
    /// Bytes of xxHash's own secret.
    private static let secretSize = 192

    init() {
        var random = SystemRandomNumberGenerator()
        secret = (0..<Self.secretSize).map { _ in random.next() }
    }

    /// Texts beyond 2 GiB are not told apart by their length.
    func key(_ text: RawSpan) -> Key {
        let hash = unsafe text.withUnsafeBytes { text in
            unsafe secret.withUnsafeBytes { secret in
                unsafe XXH3_64bits_withSecret(text.baseAddress, text.count, secret.baseAddress, secret.count)
            }
        }
        return Key(hash: hash, length: Int32(clamping: text.byteCount))
    }

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
