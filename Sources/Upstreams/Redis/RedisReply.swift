internal import CHiredis

/// A view of one reply, or of a part of one, which hiredis holds: valid during the call that shows it, never to be kept
/// (`value` is a copy that may be). Copyable all the same: Swift 6.3 cannot optimize an enumeration that holds one that
/// is not.
@safe
package struct RedisReply {
    package enum Kind: Sendable {
        case bytes
        case status
        case integer
        case array
        case null
        /// Only inside of arrays: a reply that is an error as a whole is a failure.
        case error
    }

    private let reply: UnsafeMutablePointer<redisReply>

    @unsafe init(_ reply: UnsafeMutablePointer<redisReply>) { unsafe self.reply = reply }

    package var kind: Kind {
        switch unsafe reply.pointee.type {
        case REDIS_REPLY_STRING: .bytes
        case REDIS_REPLY_STATUS: .status
        case REDIS_REPLY_INTEGER: .integer
        case REDIS_REPLY_ARRAY: .array
        case REDIS_REPLY_ERROR: .error
        default: .null
        }
    }

    package var isNull: Bool { kind == .null }

    /// An integer, also one that is written as text; nil: something else.
    package var integer: Int? {
        switch kind {
        case .integer: unsafe Int(reply.pointee.integer)
        case .bytes, .status: string.flatMap { Int($0) }
        case .array, .null, .error: nil
        }
    }

    /// Text, with what is not UTF-8 replaced; nil: not a text.
    package var string: String? {
        switch kind {
        case .bytes, .status, .error: unsafe String(decoding: text, as: UTF8.self)
        case .integer, .array, .null: nil
        }
    }

    /// The bytes of a text, valid during `body`; none if it is something else.
    package func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try unsafe body(text.bytes)
    }

    /// What went wrong, for an error inside of an array.
    package var error: RedisError? { kind == .error ? RedisError(reply: string ?? "") : nil }

    /// Elements of an array; 0 for anything else.
    package var count: Int { kind == .array ? unsafe reply.pointee.elements : 0 }

    /// Shows the element at `index`, which must be below `count`.
    package func withElement<R: ~Copyable, E: Error>(
        _ index: Int, _ body: (RedisReply) throws(E) -> R
    ) throws(E) -> R {
        precondition(index >= 0 && index < count, "an element that the reply does not have")
        guard let element = unsafe reply.pointee.element[index] else { preconditionFailure("arrays have no gaps") }
        return try unsafe body(RedisReply(element))
    }

    /// A copy that may be kept.
    package var value: RedisValue {
        switch kind {
        case .bytes, .status: unsafe .bytes(Array(text))
        case .integer: unsafe .integer(Int(reply.pointee.integer))
        case .null: .null
        case .error: .error(RedisError(reply: string ?? ""))
        case .array: .array(elementValues())
        }
    }

    private func elementValues() -> [RedisValue] {
        var values: [RedisValue] = []
        for index in 0..<count { values.append(withElement(index) { $0.value }) }
        return values
    }

    /// Shows this reply to who waits for it.
    func complete(_ completion: RedisCompletion) { unsafe completion(.success(RedisReply(reply))) }

    @unsafe private var text: UnsafeRawBufferPointer {
        switch kind {
        case .bytes, .status, .error: unsafe UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len)
        case .integer, .array, .null: unsafe UnsafeRawBufferPointer(start: nil, count: 0)
        }
    }
}
