/// Makes tokens of one piece of text: merges the neighbours whose union has the lowest rank, the leftmost first, until
/// no union is a token (byte-pair encoding).
///
/// Owns memory that is used again for the next piece. A heap of the unions keeps the time at n log n, also for a long
/// run of one letter.
struct PairMerge {
    private typealias Rank = TokenVocabulary.Rank

    /// Where the part after the one that begins here begins.
    private var next: [Int32] = []
    private var previous: [Int32] = []
    /// The rank of the part that begins here with the one after it; `none` where they are no token, or no part begins.
    private var unions: [Rank] = []
    /// Rank and place of unions in one number, the lowest on top; those that are no longer true are passed over.
    private var heap: [UInt64] = []

    private static let none = Rank.max
    /// Bytes of a piece above which the memory is given back.
    private static let maxKept = 1 << 16

    /// The number of tokens of a piece.
    mutating func count(_ piece: RawSpan, in vocabulary: TokenVocabulary) -> Int {
        let length = piece.byteCount
        guard length > 1, vocabulary.rank(of: piece) == nil else { return min(length, 1) }
        prepare(piece, vocabulary)
        var parts = length
        while let lowest = popLowest() {
            let place = Int(truncatingIfNeeded: lowest & 0xFFFF_FFFF)
            guard unions[place] == Rank(lowest >> 32) else { continue }
            merge(at: place, piece, vocabulary)
            parts -= 1
        }
        if length > Self.maxKept { self = Self() }
        return parts
    }

    private mutating func prepare(_ piece: RawSpan, _ vocabulary: TokenVocabulary) {
        let length = piece.byteCount
        next.removeAll(keepingCapacity: true)
        previous.removeAll(keepingCapacity: true)
        unions.removeAll(keepingCapacity: true)
        heap.removeAll(keepingCapacity: true)
        for place in 0..<length {
            next.append(Int32(place + 1))
            previous.append(Int32(place - 1))
            unions.append(Self.none)
        }
        for place in 0..<length - 1 { setUnion(at: place, end: place + 2, piece, vocabulary) }
    }

    private mutating func merge(at place: Int, _ piece: RawSpan, _ vocabulary: TokenVocabulary) {
        let merged = Int(next[place])
        let end = Int(next[merged])
        next[place] = Int32(end)
        unions[merged] = Self.none
        if end < piece.byteCount {
            previous[end] = Int32(place)
            setUnion(at: place, end: Int(next[end]), piece, vocabulary)
        } else {
            unions[place] = Self.none
        }
        if previous[place] >= 0 { setUnion(at: Int(previous[place]), end: end, piece, vocabulary) }
    }

    private mutating func setUnion(at place: Int, end: Int, _ piece: RawSpan, _ vocabulary: TokenVocabulary) {
        let rank = vocabulary.rank(of: piece.extracting(place..<end))
        unions[place] = rank ?? Self.none
        if let rank { push(UInt64(rank) << 32 | UInt64(place)) }
    }

    // MARK: The heap

    private mutating func push(_ value: UInt64) {
        heap.append(value)
        var child = heap.count - 1
        while child > 0, heap[(child - 1) / 2] > heap[child] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func popLowest() -> UInt64? {
        guard let lowest = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return lowest }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < heap[parent] else { break }
            heap.swapAt(parent, child)
            parent = child
        }
        return lowest
    }
}
