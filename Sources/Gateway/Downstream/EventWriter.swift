import Upstreams

/// Writes the parts of a streamed body into a connection's output, one HTTP chunk each: server-sent events (WHATWG HTML
/// section 9.2), or plain text. The data of an event is JSON, and is written as one line.
///
/// Owns the output while it writes, so that a batch of events costs one access to the connection.
struct EventWriter: ~Copyable {
    private var output: ByteBuffer
    private let isChunked: Bool

    /// `isChunked`: false for HTTP/1.0 clients, whose body ends with the connection.
    init(_ output: consuming ByteBuffer, isChunked: Bool) {
        self.output = output
        self.isChunked = isChunked
    }

    consuming func finish() -> ByteBuffer { output }

    /// An event with this data.
    @inline(__always)
    mutating func event(_ data: RawSpan) {
        output.reserve(data.byteCount + 32)
        begin(8 + data.byteCount)
        output.append("data: ")
        append(data: data)
        output.append("\n\n")
        end()
    }

    /// The same with an id, `STREAM-OFFSET`, for clients that may come back.
    mutating func event(_ data: RawSpan, id stream: LogID, _ offset: Int) {
        var line = ByteBuffer()
        line.append("id: ")
        line.append(stream.description)
        line.append("-")
        line.append(decimal: offset)
        line.append("\n")
        begin(8 + line.count + data.byteCount)
        line.withBytes { output.append($0) }
        output.append("data: ")
        append(data: data)
        output.append("\n\n")
        end()
    }

    /// An event of a name, with a number as its id.
    mutating func event(named name: String, _ data: RawSpan, id: Int) {
        var lines = ByteBuffer()
        lines.append("id: ")
        lines.append(decimal: id)
        lines.append("\nevent: ")
        lines.append(name)
        lines.append("\ndata: ")
        begin(lines.count + data.byteCount + 2)
        lines.withBytes { output.append($0) }
        append(data: data)
        output.append("\n\n")
        end()
    }

    mutating func event(_ data: StaticString) {
        begin(8 + data.utf8CodeUnitCount)
        output.append("data: ")
        output.append(data)
        output.append("\n\n")
        end()
    }

    /// An event of this type.
    mutating func event(_ type: StaticString, _ data: RawSpan) {
        begin(16 + type.utf8CodeUnitCount + data.byteCount)
        output.append("event: ")
        output.append(type)
        output.append("\ndata: ")
        append(data: data)
        output.append("\n\n")
        end()
    }

    /// Text as it is, for answers that are no events. Nothing is written for an empty one, which would end the body.
    mutating func text(_ text: RawSpan) {
        guard text.byteCount > 0 else { return }
        begin(text.byteCount)
        output.append(text)
        end()
    }

    /// A comment, which clients pass over. One line end: an empty line would be an event to some of them.
    mutating func comment(_ text: StaticString) {
        begin(3 + text.utf8CodeUnitCount)
        output.append(": ")
        output.append(text)
        output.append("\n")
        end()
    }

    /// A line end would cut the event. JSON has them between two tokens alone (RFC 8259 section 2), where a space does.
    @inline(__always)
    private mutating func append(data: RawSpan) {
        let isOneLine = data.firstOffset(of: UInt8(ascii: "\n"), in: 0..<data.byteCount) == nil
        if isOneLine { output.append(data) } else { append(lines: data) }
    }

    private mutating func append(lines data: RawSpan) {
        for offset in 0..<data.byteCount {
            let byte = data.byte(at: offset)
            output.append(byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") ? UInt8(ascii: " ") : byte)
        }
    }

    @inline(__always)
    private mutating func begin(_ count: Int) {
        guard isChunked else { return }
        output.append(hexadecimal: count)
        output.append("\r\n")
    }

    @inline(__always)
    private mutating func end() {
        if isChunked { output.append("\r\n") }
    }
}
