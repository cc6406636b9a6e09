/// Finds the bytes of one message's body in the connection's input (RFC 9112 sections 6 and 7).
///
/// Copies nothing and keeps no bytes: it is shown each byte once, however the input is cut. Chunk extensions and
/// trailers are checked, bounded and dropped. How large a body may be is for the caller to say. After an error the
/// connection closes; the decoder is not used again.
package struct BodyDecoder {
    /// What was found. The caller goes on at `next`; what is before it is done with.
    package enum Step: Equatable {
        /// A part of the body: this range of the input, never empty.
        case bytes(Range<Int>, next: Int)
        /// The input is used up.
        case needMore(next: Int)
        /// The body is complete; further calls say so again and take nothing.
        case end(next: Int)
    }

    /// Legal transitions: `fixed` → `ended`; `open` stays. For chunks: `size` → (`extension` →) `sizeEnd` → `data` → `dataEnd` →
    /// `dataLineFeed` → `size`; after size 0 `sizeEnd` → `trailerStart` → (`trailerName` → `trailerValue` →
    /// `trailerEnd` → `trailerStart`) → `lastLineFeed` → `ended`.
    private enum State {
        case fixed(left: Int)
        case open
        case size(value: Int, digits: Int)
        case `extension`(size: Int)
        case sizeEnd(size: Int)
        case data(left: Int)
        case dataEnd
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerEnd
        case lastLineFeed
        case ended
    }

    /// The most bytes of all chunk extensions of a body.
    package static let maxExtensionBytes = 4096
    /// The most bytes of all trailer lines.
    package static let maxTrailerBytes = 8192

    private var state: State
    private var extensionBytes = 0
    private var trailerBytes = 0

    package init(_ framing: BodyFraming) {
        state =
            switch framing {
            case .none, .length(0): .ended
            case .length(let count): .fixed(left: count)
            case .chunked: .size(value: 0, digits: 0)
            case .untilClose: .open
            }
    }

    /// True once the whole body has been found.
    package var isComplete: Bool { if case .ended = state { true } else { false } }

    /// Looks at `bytes` from `start` on, up to the next part of the body.
    package mutating func decode(_ bytes: RawSpan, from start: Int) throws(HTTPParseError) -> Step {
        var offset = start
        while true {
            switch state {
            case .ended:
                return .end(next: offset)
            case _ where offset == bytes.byteCount:
                return .needMore(next: offset)
            case .fixed(let left):
                let part = offset..<offset + min(left, bytes.byteCount - offset)
                state = part.count == left ? .ended : .fixed(left: left - part.count)
                return .bytes(part, next: part.upperBound)
            case .open:
                return .bytes(offset..<bytes.byteCount, next: bytes.byteCount)
            case .data(let left):
                let part = offset..<offset + min(left, bytes.byteCount - offset)
                state = part.count == left ? .dataEnd : .data(left: left - part.count)
                return .bytes(part, next: part.upperBound)
            default:
                state = try next(after: bytes.byte(at: offset))
                offset += 1
            }
        }
    }

    // MARK: Chunks

    /// The state after one byte of what surrounds the data.
    private mutating func next(after byte: UInt8) throws(HTTPParseError) -> State {
        switch state {
        case .size(let value, let digits):
            return try Self.nextInSize(byte, value, digits)
        case .extension(let size):
            extensionBytes += 1
            guard extensionBytes <= Self.maxExtensionBytes else { throw .malformed("chunk extensions are too long") }
            return try Self.isLineEnd(byte, "a chunk extension") ? .sizeEnd(size: size) : state
        case .sizeEnd(let size):
            try Self.expect(HTTPSyntax.lineFeed, byte, "a chunk size is not followed by CR and LF")
            return size == 0 ? .trailerStart : .data(left: size)
        case .dataEnd:
            try Self.expect(HTTPSyntax.carriageReturn, byte, "a chunk is not followed by CR and LF")
            return .dataLineFeed
        case .dataLineFeed:
            try Self.expect(HTTPSyntax.lineFeed, byte, "a chunk is not followed by CR and LF")
            return .size(value: 0, digits: 0)
        default:
            return try nextInTrailer(byte)
        }
    }

    /// Hexadecimal digits, then at once the line end or an extension: blanks here have been used to smuggle.
    private static func nextInSize(_ byte: UInt8, _ value: Int, _ digits: Int) throws(HTTPParseError) -> State {
        if let digit = HTTPSyntax.hexadecimalValue(byte) {
            guard digits < 16, value <= Int.max >> 4 else { throw .malformed("a chunk size is too large a number") }
            return .size(value: value << 4 | Int(digit), digits: digits + 1)
        }
        guard digits > 0 else { throw .malformed("a chunk does not begin with a hexadecimal size") }
        switch byte {
        case HTTPSyntax.carriageReturn: return .sizeEnd(size: value)
        case UInt8(ascii: ";"): return .extension(size: value)
        default: throw .malformed("a chunk size is followed by neither CR and LF nor an extension")
        }
    }

    private mutating func nextInTrailer(_ byte: UInt8) throws(HTTPParseError) -> State {
        trailerBytes += 1
        guard trailerBytes <= Self.maxTrailerBytes else {
            throw HTTPParseError(.fieldsTooLarge, "the trailers are longer than \(Self.maxTrailerBytes) bytes")
        }
        switch state {
        case .trailerStart where byte == HTTPSyntax.carriageReturn:
            return .lastLineFeed
        case .trailerName where byte == UInt8(ascii: ":"):
            return .trailerValue
        case .trailerStart, .trailerName:
            guard HTTPSyntax.isToken(byte) else { throw .malformed("a trailer is not a name, a colon and a value") }
            return .trailerName
        case .trailerValue:
            return try Self.isLineEnd(byte, "a trailer") ? .trailerEnd : .trailerValue
        case .trailerEnd:
            try Self.expect(HTTPSyntax.lineFeed, byte, "a trailer is not followed by CR and LF")
            return .trailerStart
        case .lastLineFeed:
            try Self.expect(HTTPSyntax.lineFeed, byte, "the last chunk is not followed by CR and LF")
            return .ended
        case .fixed, .open, .size, .extension, .sizeEnd, .data, .dataEnd, .dataLineFeed, .ended:
            preconditionFailure("not in the trailers")
        }
    }

    /// True at the carriage return; other control characters are refused.
    private static func isLineEnd(_ byte: UInt8, _ place: String) throws(HTTPParseError) -> Bool {
        if byte == HTTPSyntax.carriageReturn { return true }
        guard byte == HTTPSyntax.tab || (byte >= 0x20 && byte != 0x7F) else {
            throw .malformed("\(place) holds a control character")
        }
        return false
    }

    private static func expect(_ wanted: UInt8, _ byte: UInt8, _ complaint: String) throws(HTTPParseError) {
        guard byte == wanted else { throw .malformed(complaint) }
    }
}
