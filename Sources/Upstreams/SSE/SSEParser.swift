/// Splits a `text/event-stream` into events, incrementally (WHATWG HTML section 9.2).
///
/// Owns the bytes of an event that has not ended yet, and nothing else: an event that lies whole in one input is
/// handed out in place. Works on bytes, never looks into the data, and accepts any cut, also inside a line end or a
/// UTF-8 sequence. After an error the parser is not used again.
package struct SSEParser: ~Copyable {
    private let maxEventBytes: Int
    /// The beginning of a line whose end has not come yet.
    private var line = ByteBuffer()
    /// The data lines so far, joined by LF, unless there is just one and it is still in the input.
    private var data = ByteBuffer()
    /// The event's type as the last `event` field gave it.
    private var type = ByteBuffer()
    /// The event has a data line, if only an empty one.
    private var hasData = false
    /// The last input ended with CR; an LF at the front of the next one belongs to it.
    private var endedWithCarriageReturn = false
    /// No line has been completed yet, so that a byte order mark may stand at its front.
    private var isFirstLine = true

    private var id = ByteBuffer()
    /// The value of the last well-formed `retry` field, in milliseconds.
    package private(set) var retryMilliseconds: Int?

    /// Memory beyond this is given back once it is empty.
    private static let keptBytes = 4096

    /// - Parameter maxEventBytes: of one line without its end, and of the joined data of one event.
    package init(maxEventBytes: Int) {
        precondition(maxEventBytes > 0, "a bound is positive")
        self.maxEventBytes = maxEventBytes
    }

    /// The value of the last `id` field, also of events before; empty if there was none.
    package var lastEventID: String { String(decoding: id.copy(), as: UTF8.self) }

    // MARK: Feeding

    /// Takes the next bytes of the stream and hands every event that they complete to `deliver`.
    ///
    /// - Parameter deliver: gets the data (several `data` lines joined by LF) and the type (empty for the default,
    ///   `message`), both valid during the call only.
    package mutating func feed<E: Error>(
        _ bytes: RawSpan, _ deliver: (_ data: RawSpan, _ type: RawSpan) throws(E) -> Void
    ) throws(SSEError<E>) {
        guard bytes.byteCount > 0 else { return }
        var lines = SSELineScanner(bytes, skippingLineFeed: endedWithCarriageReturn)
        // The event's only data line, while it need not be copied.
        var inPlace: Range<Int>?
        while let range = lines.next(in: bytes) {
            if line.isEmpty {
                try take(range, of: bytes, &inPlace, deliver)
            } else {
                try completeLine(with: bytes.extracting(range), deliver)
            }
        }
        endedWithCarriageReturn = lines.endsWithCarriageReturn
        if let inPlace { data.append(bytes.extracting(inPlace)) }
        try keep(bytes.extracting(lines.rest), E.self)
    }

    /// Takes the end of the stream. What is left is read as if the end of its line and a blank line followed.
    package mutating func finish<E: Error>(
        _ deliver: (_ data: RawSpan, _ type: RawSpan) throws(E) -> Void
    ) throws(SSEError<E>) -> SSEEnding {
        let hasRest = line.withBytes { saysSomething($0) }
        if !line.isEmpty { try completeLine(with: RawSpan(), deliver) }
        guard hasData else { return hasRest || !type.isEmpty ? .discarded : .clean }
        try dispatch(deliver)
        return .unterminated
    }

    // MARK: Lines

    /// Keeps the beginning of a line.
    private mutating func keep<E: Error>(_ rest: RawSpan, _: E.Type) throws(SSEError<E>) {
        guard line.count + rest.byteCount <= maxEventBytes else { throw .eventTooLarge(limit: maxEventBytes) }
        line.append(rest)
        if line.capacity > Self.keptBytes { line.releaseIfEmpty() }
        if data.capacity > Self.keptBytes { data.releaseIfEmpty() }
    }

    /// Reads the line whose beginning was kept and whose last bytes are these.
    private mutating func completeLine<E: Error>(
        with bytes: RawSpan, _ deliver: (RawSpan, RawSpan) throws(E) -> Void
    ) throws(SSEError<E>) {
        var whole = ByteBuffer()
        swap(&whole, &line)
        whole.append(bytes)
        try whole.withBytes { (span) throws(SSEError<E>) in
            var inPlace: Range<Int>?
            try take(0..<span.byteCount, of: span, &inPlace, deliver)
            if let inPlace { data.append(span.extracting(inPlace)) }
        }
        whole.removeAll()
        swap(&whole, &line)
    }

    /// Reads one whole line. Its data is left where it is, as `inPlace`, when it is the first of its event.
    @inline(__always)
    private mutating func take<E: Error>(
        _ line: Range<Int>, of bytes: RawSpan, _ inPlace: inout Range<Int>?,
        _ deliver: (RawSpan, RawSpan) throws(E) -> Void
    ) throws(SSEError<E>) {
        guard line.count <= maxEventBytes else { throw .eventTooLarge(limit: maxEventBytes) }
        let line = isFirstLine ? Self.withoutByteOrderMark(line, of: bytes) : line
        isFirstLine = false
        guard !line.isEmpty else { return try endEvent(in: bytes, &inPlace, deliver) }
        switch SSEField(bytes, in: line) {
        case .data(let value):
            try takeData(value, of: bytes, &inPlace, E.self)
        case .event(let value):
            type.removeAll()
            type.append(bytes.extracting(value))
        case .id(let value):
            guard bytes.firstOffset(of: 0, in: value) == nil else { break }
            id.removeAll()
            id.append(bytes.extracting(value))
        case .retry(let value):
            retryMilliseconds = Self.decimal(bytes, in: value) ?? retryMilliseconds
        case .ignored:
            break
        }
    }

    @inline(__always)
    private mutating func takeData<E: Error>(
        _ value: Range<Int>, of bytes: RawSpan, _ inPlace: inout Range<Int>?, _: E.Type
    ) throws(SSEError<E>) {
        guard hasData else {
            hasData = true
            inPlace = value
            return
        }
        if let first = inPlace { data.append(bytes.extracting(first)) }
        inPlace = nil
        guard data.count + 1 + value.count <= maxEventBytes else { throw .eventTooLarge(limit: maxEventBytes) }
        data.append(UInt8(ascii: "\n"))
        data.append(bytes.extracting(value))
    }

    /// False for no line, for a comment, and for a byte order mark alone.
    private func saysSomething(_ line: RawSpan) -> Bool {
        let range = isFirstLine ? Self.withoutByteOrderMark(0..<line.byteCount, of: line) : 0..<line.byteCount
        return !range.isEmpty && line.byte(at: range.lowerBound) != UInt8(ascii: ":")
    }

    private static func withoutByteOrderMark(_ line: Range<Int>, of bytes: RawSpan) -> Range<Int> {
        line.count >= 3 && bytes.equals("\u{FEFF}", in: line.prefix(3)) ? line.dropFirst(3) : line
    }

    /// The number, if it is made of digits alone and fits.
    private static func decimal(_ bytes: RawSpan, in range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        var number = 0
        for offset in range {
            let digit = bytes.byte(at: offset) &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (tens, tooMany) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflow) = tens.addingReportingOverflow(Int(digit))
            guard !tooMany, !overflow else { return nil }
            number = sum
        }
        return number
    }

    // MARK: Events

    /// A blank line: the event is over, and is delivered if it has data.
    @inline(__always)
    private mutating func endEvent<E: Error>(
        in bytes: RawSpan, _ inPlace: inout Range<Int>?, _ deliver: (RawSpan, RawSpan) throws(E) -> Void
    ) throws(SSEError<E>) {
        if let range = inPlace {
            try deliverAndReset(bytes.extracting(range), deliver)
            inPlace = nil
        } else if hasData {
            try dispatch(deliver)
        } else {
            type.removeAll()
        }
    }

    /// Delivers the event whose data was copied.
    private mutating func dispatch<E: Error>(
        _ deliver: (RawSpan, RawSpan) throws(E) -> Void
    ) throws(SSEError<E>) {
        var whole = ByteBuffer()
        swap(&whole, &data)
        try whole.withBytes { (span) throws(SSEError<E>) in try deliverAndReset(span, deliver) }
        whole.removeAll()
        swap(&whole, &data)
    }

    @inline(__always)
    private mutating func deliverAndReset<E: Error>(
        _ data: RawSpan, _ deliver: (RawSpan, RawSpan) throws(E) -> Void
    ) throws(SSEError<E>) {
        do throws(E) {
            try type.withBytes { (type) throws(E) in try deliver(data, type) }
        } catch {
            throw .consumer(error)
        }
        type.removeAll()
        hasData = false
    }
}
