import Upstreams

/// Numbers as the scripts of limits read and write them: doubles, back to back, the lowest byte first. One argument of many
/// costs Redis less than many of one, and exactly as much as a Lua number holds goes in.
struct LimitPacking {
    private(set) var bytes: [UInt8] = []

    private static let width = 8

    init(capacity numbers: Int) { bytes.reserveCapacity(numbers * Self.width) }

    mutating func add(_ number: Int) {
        let bits = Double(number).bitPattern
        for place in 0..<Self.width { bytes.append(UInt8(truncatingIfNeeded: bits >> (place * 8))) }
    }

    /// Nil: these are no such numbers.
    static func numbers(_ bytes: RawSpan) -> [Int]? {
        guard bytes.byteCount % width == 0 else { return nil }
        var numbers: [Int] = []
        numbers.reserveCapacity(bytes.byteCount / width)
        for start in stride(from: 0, to: bytes.byteCount, by: width) {
            let bits = (0..<width).reduce(UInt64(0)) { $0 | UInt64(bytes.byte(at: start + $1)) << ($1 * 8) }
            guard let number = Int(exactly: Double(bitPattern: bits).rounded(.towardZero)) else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}
