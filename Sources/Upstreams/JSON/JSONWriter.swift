internal import CJSON

/// Writes one JSON value (RFC 8259) after what a buffer holds already, commas and escapes included.
///
/// Owns the buffer while it writes and allocates nothing of its own. `ByteBuffer.appendJSON` is the way in.
///
///     buffer.appendJSON {
///         $0.object {
///             $0.member("id", id)
///             $0.array("choices") { $0.element(0.5) }
///         }
///     }
package struct JSONWriter: ~Copyable {
    private var buffer: ByteBuffer
    private var needsComma = false

    fileprivate init(_ buffer: consuming ByteBuffer) { self.buffer = buffer }

    fileprivate consuming func finish() -> ByteBuffer { buffer }

    // MARK: Containers

    /// An object as the whole value, or as an element of an array.
    @inline(__always)
    package mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        try container("{", "}", body)
    }

    @inline(__always)
    package mutating func object<E: Error>(
        _ key: StaticString, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        self.key(key)
        try object(body)
    }

    /// An array as the whole value, or as an element of an array.
    @inline(__always)
    package mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        try container("[", "]", body)
    }

    @inline(__always)
    package mutating func array<E: Error>(
        _ key: StaticString, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        self.key(key)
        try array(body)
    }

    @inline(__always)
    private mutating func container<E: Error>(
        _ opening: Unicode.Scalar, _ closing: Unicode.Scalar, _ body: (inout JSONWriter) throws(E) -> Void
    ) throws(E) {
        separate()
        buffer.append(UInt8(ascii: opening))
        needsComma = false
        try body(&self)
        buffer.append(UInt8(ascii: closing))
        needsComma = true
    }

    // MARK: Members of an object

    @inline(__always)
    package mutating func member<Value: JSONWritable>(_ key: StaticString, _ value: Value) {
        self.key(key)
        element(value)
    }

    /// A string as bytes of UTF-8; what is ill-formed becomes U+FFFD.
    package mutating func member(_ key: StaticString, utf8: RawSpan) {
        self.key(key)
        element(utf8: utf8)
    }

    /// A value that is JSON already.
    package mutating func member(_ key: StaticString, raw: RawSpan) {
        self.key(key)
        element(raw: raw)
    }

    /// The name of the member that the next `element`, `object` or `array` is.
    @inline(__always)
    package mutating func key(_ key: StaticString) {
        element(key)
        afterKey()
    }

    package mutating func key(_ key: String) {
        element(key)
        afterKey()
    }

    private mutating func afterKey() {
        buffer.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    /// A scalar as the whole value, as an element of an array, or after `key`.
    @inline(__always)
    package mutating func element<Value: JSONWritable>(_ value: Value) {
        separate()
        value.writeJSON(to: &buffer)
    }

    /// A string as bytes of UTF-8; what is ill-formed becomes U+FFFD.
    package mutating func element(utf8: RawSpan) {
        separate()
        buffer.appendJSONString(utf8: utf8)
    }

    /// A value that is JSON already.
    package mutating func element(raw: RawSpan) {
        separate()
        buffer.append(raw)
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { buffer.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}

extension ByteBuffer {
    /// Appends the one value that `body` writes.
    @inline(__always)
    package mutating func appendJSON<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        var writer = JSONWriter(exchange(&self, with: ByteBuffer()))
        do {
            try body(&writer)
        } catch {
            self = writer.finish()
            throw error
        }
        self = writer.finish()
    }
}
