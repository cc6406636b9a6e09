/// A copy of a reply, for replies that are small or kept.
package indirect enum RedisValue: Equatable, Sendable {
    /// A text or a status.
    case bytes([UInt8])
    case integer(Int)
    case array([RedisValue])
    case null
    /// Inside of an array.
    case error(RedisError)

    /// Nil: not a text. What is not UTF-8 is replaced.
    package var string: String? {
        guard case .bytes(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// An integer, also one that is written as text.
    package var integer: Int? {
        switch self {
        case .integer(let number): number
        case .bytes: string.flatMap { Int($0) }
        case .array, .null, .error: nil
        }
    }

    /// Empty: not an array.
    package var elements: [RedisValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }
}
