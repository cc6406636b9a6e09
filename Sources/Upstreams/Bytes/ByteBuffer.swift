import Glibc

/// A growable first-in, first-out run of bytes on the heap.
///
/// Owns its memory and frees it exactly once. Holds none until the first append, and gives it back in
/// `releaseIfEmpty()`, so that an idle connection costs no buffer. Reads are bounds-checked views (`withBytes`)
/// that cannot outlive the call; the two `unsafe` doors are for C functions that fill or read memory.
@safe
package struct ByteBuffer: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var head = 0
    private var tail = 0
    /// Bytes of memory held.
    package private(set) var capacity = 0

    package init() { unsafe base = nil }

    package init(_ bytes: [UInt8]) {
        self.init()
        append(bytes)
    }

    deinit { unsafe free(base) }

    /// Bytes that can be read.
    package var count: Int { tail - head }
    package var isEmpty: Bool { tail == head }

    // MARK: Reading

    /// A view of all readable bytes, valid during `body` only.
    @inline(__always)
    package borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let region = unsafe UnsafeRawBufferPointer(start: base.map { unsafe UnsafeRawPointer($0 + head) }, count: count)
        return try unsafe body(region.bytes)
    }

    /// The same for a C function that reads memory.
    @unsafe @inline(__always)
    package borrowing func withUnsafeBytes<R, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        try unsafe body(UnsafeRawBufferPointer(start: base.map { unsafe UnsafeRawPointer($0 + head) }, count: count))
    }

    /// Drops the first `count` bytes; more than there are is a bug.
    package mutating func removeFirst(_ count: Int) {
        precondition(count >= 0 && count <= self.count, "removing more bytes than there are")
        head += count
        if head == tail {
            head = 0
            tail = 0
        }
    }

    /// Drops all bytes and keeps the memory.
    package mutating func removeAll() {
        head = 0
        tail = 0
    }

    /// Gives the memory back when nothing is in it.
    package mutating func releaseIfEmpty() {
        guard isEmpty, capacity > 0 else { return }
        unsafe free(base)
        unsafe base = nil
        capacity = 0
        removeAll()
    }

    /// Copies all readable bytes into an array.
    package borrowing func copy() -> [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    // MARK: Writing

    /// Makes room for `count` more bytes without further allocation.
    @inline(__always)
    package mutating func reserve(_ count: Int) {
        if capacity - tail < count { grow(count) }
    }

    @inline(never)
    private mutating func grow(_ count: Int) {
        if head > 0, capacity - self.count >= count, let base = unsafe base {
            unsafe memmove(base, base + head, self.count)
            tail -= head
            head = 0
            return
        }
        var wanted = max(capacity, 256)
        while wanted - self.count < count { wanted *= 2 }
        guard let fresh = unsafe malloc(wanted) else { preconditionFailure("out of memory") }
        if let base = unsafe base {
            unsafe memcpy(fresh, base + head, self.count)
            unsafe free(base)
        }
        tail -= head
        head = 0
        unsafe base = fresh
        capacity = wanted
    }

    /// Lets a C function write up to `room` or more bytes at the end; it returns how many it wrote.
    @unsafe @inline(__always)
    package mutating func fill(room: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) -> Int {
        reserve(room)
        let free = unsafe UnsafeMutableRawBufferPointer(start: base.map { unsafe $0 + tail }, count: capacity - tail)
        let written = unsafe body(free)
        guard written > 0 else { return written }
        precondition(written <= capacity - tail, "more bytes written than there was room")
        tail += written
        return written
    }

    @inline(__always)
    package mutating func append(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe appendRaw($0) }
    }

    package mutating func append(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe appendRaw($0) }
    }

    @inline(__always)
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base?.storeBytes(of: byte, toByteOffset: tail, as: UInt8.self)
        tail += 1
    }

    @inline(__always)
    package mutating func append(_ text: StaticString) {
        unsafe appendRaw(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Disfavoured, so that a literal takes the cheaper `StaticString`.
    @_disfavoredOverload
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe appendRaw(UnsafeRawBufferPointer($0)) }
    }

    @_disfavoredOverload
    package mutating func append(_ text: Substring) {
        var text = text
        text.withUTF8 { unsafe appendRaw(UnsafeRawBufferPointer($0)) }
    }

    @unsafe @inline(__always)
    private mutating func appendRaw(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        if let base = unsafe base { unsafe memcpy(base + tail, source, bytes.count) }
        tail += bytes.count
    }

    /// The number in decimal digits.
    package mutating func append(decimal value: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        var rest = UInt64(value.magnitude)
        var digits = 1
        var limit: UInt64 = 10
        while digits < 19, rest >= limit {
            digits &+= 1
            limit &*= 10
        }
        reserve(digits)
        tail += digits
        guard let base = unsafe base else { return }
        var offset = tail
        // Two digits at a time: divisions are what takes long.
        while digits > 1 {
            let hundreds = rest / 100
            let pair = UInt16(truncatingIfNeeded: rest &- hundreds &* 100)
            let tens = pair / 10
            let text = 0x3030 | tens | (pair &- tens &* 10) &<< 8
            rest = hundreds
            digits &-= 2
            offset &-= 2
            unsafe base.storeBytes(of: text.littleEndian, toByteOffset: offset, as: UInt16.self)
        }
        guard digits > 0 else { return }
        let digit = UInt8(truncatingIfNeeded: rest) | 0x30
        unsafe base.storeBytes(of: digit, toByteOffset: offset &- 1, as: UInt8.self)
    }

    /// The number in lower-case hexadecimal digits, as chunk sizes are written (RFC 9112 section 7.1).
    package mutating func append(hexadecimal value: Int) {
        precondition(value >= 0, "a size is not negative")
        let digits = max(1, (Int.bitWidth - value.leadingZeroBitCount + 3) / 4)
        reserve(digits)
        for index in (0..<digits).reversed() {
            let digit = UInt8(truncatingIfNeeded: value >> (index * 4) & 0xF)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
