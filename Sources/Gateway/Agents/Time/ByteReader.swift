/// Reads big-endian numbers from the front of some bytes; nil once there are not enough.
struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func byte() -> Int? { take(1).map { Int($0[$0.startIndex]) } }

    mutating func int32() -> Int? {
        take(4).map { Int(Int32(bitPattern: $0.reduce(0) { $0 << 8 | UInt32($1) })) }
    }

    mutating func int64() -> Int? { take(8).map { Int(bitPattern: $0.reduce(0) { $0 << 8 | UInt($1) }) } }

    /// All that is left.
    var remaining: ArraySlice<UInt8> { rest }
}
