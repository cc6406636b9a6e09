internal import CRegex

/// A compiled regular expression of RE2's syntax, without captures.
///
/// Owns the expression. Immutable, and searched by all workers at once. Every search takes time linear in the bytes of
/// its range. RE2 builds its automata as texts need them, behind a lock that readers share.
@safe
package final class RegularExpression: Sendable {
    /// Bytes that an expression and its automata may have.
    private static let maxMemory: Int64 = 32 << 20

    /// RE2's reason for not taking an expression, such as `missing ): (abc`.
    package struct Failure: Error, Hashable, Sendable {
        package let reason: String
    }

    private nonisolated(unsafe) let handle: OpaquePointer

    package init(_ text: String) throws(Failure) {
        var text = text
        var reason = [CChar](repeating: 0, count: 256)
        let handle = text.withUTF8 { text in
            unsafe reason.withUnsafeMutableBufferPointer { reason in
                unsafe cr_pattern_new(text.baseAddress, text.count, Self.maxMemory, reason.baseAddress, reason.count)
            }
        }
        guard let handle = unsafe handle else {
            let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Failure(reason: String(decoding: bytes, as: UTF8.self))
        }
        unsafe self.handle = handle
    }

    deinit { unsafe cr_pattern_free(handle) }

    /// Whether no match begins with a character beyond ASCII; false where RE2 cannot tell.
    package var beginsASCII: Bool { unsafe cr_pattern_begins_ascii(handle) }

    /// Whether it matches anywhere.
    package func occurs(in text: RawSpan) -> Bool {
        unsafe text.withUnsafeBytes { unsafe cr_pattern_occurs(handle, $0.baseAddress, $0.count) }
    }

    /// Where the leftmost match within `range` begins. What stands around the range counts for `^`, `$` and `\b`.
    package func firstStart(in text: RawSpan, _ range: Range<Int>) -> Int? {
        precondition(range.lowerBound >= 0 && range.upperBound <= text.byteCount, "a range outside of the text")
        var start = 0
        var end = 0
        let isFound = unsafe text.withUnsafeBytes {
            unsafe cr_pattern_find(
                handle, $0.baseAddress, $0.count, range.lowerBound, range.upperBound, &start, &end)
        }
        return isFound ? start : nil
    }

    /// Where the match ends that begins at `start` and ends at `limit` or before.
    package func matchEnd(from start: Int, in text: RawSpan, limit: Int) -> Int? {
        precondition(start >= 0 && start <= limit && limit <= text.byteCount, "a range outside of the text")
        var end = 0
        let isFound = unsafe text.withUnsafeBytes {
            unsafe cr_pattern_match_at(handle, $0.baseAddress, $0.count, start, limit, &end)
        }
        return isFound ? end : nil
    }
}
