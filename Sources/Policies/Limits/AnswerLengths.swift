/// How long the answers of one model are: a histogram that forgets, for the 95th percentile.
struct AnswerLengths: Sendable {
    /// Four buckets for each doubling.
    private var counts = [Int](repeating: 0, count: 128)
    private var total = 0
    /// Above it all buckets are empty.
    private var highest = 0
    /// Tokens that 95 of 100 answers do not exceed, rounded up to a bucket's end; nil until `enough` were seen.
    private(set) var percentile: Int?

    /// Answers before anything is said.
    static let enough = 20
    /// At this many all counts are halved, so that what is new weighs more.
    private static let memory = 2000

    init() {}

    mutating func record(_ tokens: Int) {
        let own = Self.bucket(of: tokens)
        counts[own] += 1
        highest = max(highest, own)
        total += 1
        if total >= Self.memory {
            counts = counts.map { $0 / 2 }
            total = counts.reduce(0, +)
            highest = counts.lastIndex { $0 > 0 } ?? 0
        }
        guard total >= Self.enough else { return }
        var rest = total - total * 95 / 100
        var bucket = highest + 1
        repeat {
            bucket -= 1
            rest -= counts[bucket]
        } while rest >= 0 && bucket > 0
        percentile = Self.end(of: bucket)
    }

    /// 0 to 7 have a bucket of their own; from 8 on each doubling has four.
    private static func bucket(of tokens: Int) -> Int {
        guard tokens >= 8 else { return max(0, tokens) }
        let exponent = Int.bitWidth - 1 - tokens.leadingZeroBitCount
        return min(127, 8 + (exponent - 3) * 4 + (tokens >> (exponent - 2)) % 4)
    }

    /// The largest number in a bucket.
    private static func end(of bucket: Int) -> Int {
        guard bucket >= 8 else { return bucket }
        let exponent = (bucket - 8) / 4 + 3
        return (5 + (bucket - 8) % 4) << (exponent - 2) - 1
    }
}
