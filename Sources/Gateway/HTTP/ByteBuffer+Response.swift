import Upstreams

/// Writing responses: `appendHead`, any number of `appendField`, `endHead`, then the body as its framing says.
///
/// Nothing here allocates beyond the buffer's own growth. Field values cannot break out of their line: control
/// characters other than the tab are written as spaces, so that a bug upstream of here cannot split a response.
extension ByteBuffer {
    /// Begins a head: the status line and the fields that every response has or needs.
    ///
    /// - Parameters:
    ///   - date: the present time as an IMF-fixdate (RFC 9110 section 5.6.7), made once a second by the caller.
    ///   - request: tells the peer's version and whether the connection stays.
    mutating func appendHead(
        _ status: HTTPStatus, _ framing: ResponseFraming, date: String, minorVersion: Int = 1, keepAlive: Bool
    ) {
        precondition(framing != .chunked || minorVersion > 0, "HTTP/1.0 knows no chunks")
        precondition(framing != .untilClose || !keepAlive, "the end of the body is the end of the connection")
        appendStatusLine(status)
        appendField("date", date)
        switch framing {
        case .none, .untilClose: break
        case .length(let count): appendField("content-length", count)
        case .chunked: append("transfer-encoding: chunked\r\n")
        }
        switch (keepAlive, minorVersion) {
        case (true, 0): append("connection: keep-alive\r\n")
        case (false, 1): append("connection: close\r\n")
        default: break
        }
    }

    /// Ends a head.
    mutating func endHead() { append("\r\n") }

    /// The interim response that `expect: 100-continue` waits for; the final one follows later.
    mutating func appendContinue() { append("HTTP/1.1 100 Continue\r\n\r\n") }

    private mutating func appendStatusLine(_ status: HTTPStatus) {
        guard status != .ok else { return append("HTTP/1.1 200 OK\r\n") }
        append("HTTP/1.1 ")
        append(decimal: status.code)
        append(" ")
        append(status.reason)
        append("\r\n")
    }

    // MARK: Fields

    mutating func appendField(_ name: StaticString, _ value: String) {
        append(name)
        append(": ")
        unsafe appendValue(value.utf8Span.span.bytes)
        append("\r\n")
    }

    mutating func appendField(_ name: StaticString, _ value: Int) {
        append(name)
        append(": ")
        append(decimal: value)
        append("\r\n")
    }

    /// For fields relayed from elsewhere. One whose name is not a token is left out.
    mutating func appendField(_ name: RawSpan, _ value: RawSpan) {
        guard name.byteCount > 0, (0..<name.byteCount).allSatisfy({ HTTPSyntax.isToken(name.byte(at: $0)) }) else {
            return
        }
        append(name)
        append(": ")
        appendValue(value)
        append("\r\n")
    }

    private mutating func appendValue(_ value: RawSpan) {
        guard value.containsControl(in: 0..<value.byteCount) else { return append(value) }
        for offset in 0..<value.byteCount {
            let isControl = value.containsControl(in: offset..<offset + 1)
            append(isControl ? HTTPSyntax.space : value.byte(at: offset))
        }
    }

    // MARK: Chunks

    /// One whole chunk; nothing at all for no bytes, since a chunk of size 0 would end the body.
    mutating func append(chunk: RawSpan) {
        guard chunk.byteCount > 0 else { return }
        reserve(chunk.byteCount + 20)
        append(hexadecimal: chunk.byteCount)
        append("\r\n")
        append(chunk)
        append("\r\n")
    }

    /// Ends a chunked body.
    mutating func appendLastChunk() { append("0\r\n\r\n") }
}
