internal import CJSON

/// A scalar that has a JSON form.
package protocol JSONWritable {
    func writeJSON(to buffer: inout ByteBuffer)
}

extension String: JSONWritable {
    package func writeJSON(to buffer: inout ByteBuffer) {
        var text = self
        text.withUTF8 { unsafe buffer.appendJSONString(wellFormed: UnsafeRawBufferPointer($0)) }
    }
}

extension StaticString: JSONWritable {
    package func writeJSON(to buffer: inout ByteBuffer) {
        unsafe buffer.appendJSONString(
            wellFormed: UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount))
    }
}

extension Int: JSONWritable {
    package func writeJSON(to buffer: inout ByteBuffer) { buffer.append(decimal: self) }
}

extension Double: JSONWritable {
    /// The shortest form that reads back as the same number; null for infinities and NaN, which JSON does not have.
    package func writeJSON(to buffer: inout ByteBuffer) {
        guard isFinite else { return buffer.append("null") }
        _ = unsafe buffer.fill(room: Int(CJ_DOUBLE_ROOM)) { room in
            unsafe cj_format_double(self, room.baseAddress)
        }
    }
}

extension Float: JSONWritable {
    /// The shortest form that reads back as the same `Float`; null for infinities and NaN.
    package func writeJSON(to buffer: inout ByteBuffer) { buffer.append(isFinite ? description : "null") }
}

extension Bool: JSONWritable {
    package func writeJSON(to buffer: inout ByteBuffer) { buffer.append(self ? "true" : "false") }
}

/// `nil` is null.
extension Optional: JSONWritable where Wrapped: JSONWritable {
    package func writeJSON(to buffer: inout ByteBuffer) {
        if let self { self.writeJSON(to: &buffer) } else { buffer.append("null") }
    }
}
