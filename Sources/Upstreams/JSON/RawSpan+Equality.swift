import Glibc

extension RawSpan {
    /// Byte by byte the same as the text's UTF-8.
    @inline(__always)
    func equals(_ text: String) -> Bool {
        guard byteCount == text.utf8.count else { return false }
        var text = text
        return unsafe withUnsafeBytes { bytes in
            text.withUTF8 { unsafe Self.same(bytes, UnsafeRawBufferPointer($0)) }
        }
    }

    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return unsafe withUnsafeBytes { bytes in
            unsafe Self.same(bytes, UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
    }

    /// The same bytes.
    func equals(_ other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        return unsafe withUnsafeBytes { bytes in
            unsafe other.withUnsafeBytes { other in unsafe Self.same(bytes, other) }
        }
    }

    @unsafe @inline(__always)
    private static func same(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard let left = left.baseAddress, let other = right.baseAddress else { return true }
        return unsafe memcmp(left, other, right.count) == 0
    }
}

extension StaticString {
    /// The same text. Mostly the very same literal, which is seen at once.
    @inline(__always)
    func equals(_ other: StaticString) -> Bool {
        guard utf8CodeUnitCount == other.utf8CodeUnitCount else { return false }
        return unsafe utf8Start == other.utf8Start || memcmp(utf8Start, other.utf8Start, utf8CodeUnitCount) == 0
    }
}
