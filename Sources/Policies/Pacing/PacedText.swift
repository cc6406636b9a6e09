/// One text on its way to a reader, cut anew: small pieces are merged, large ones split.
///
/// Owns what is held back: less than what may go out, and at least the last character, which the next piece may go on
/// with. What goes out are whole units with at least `minCharacters`; when the delay has passed, the text ends or too
/// much is held, what there is. The pieces put together are the text, byte for byte.
package struct PacedText {
    private let settings: PaceSettings
    private var scanner: UnitScanner
    private var held: [UInt8] = []
    /// Characters that begin in `held`.
    private var characters = 0
    /// Where in `held` the last of them begins.
    private var lastCharacter = 0
    /// Ends of units inside `held`.
    private var units = 0
    /// When the first byte of `held` came.
    private var since: Int64 = 0

    package init(_ settings: PaceSettings) {
        self.settings = settings
        scanner = UnitScanner(settings.unit)
    }

    package var isEmpty: Bool { held.isEmpty }

    /// When what is held has to go out, on the clock of `feed`; nil: nothing is held.
    package var due: Int64? { held.isEmpty ? nil : since + settings.maxDelay }

    /// Takes the next piece, whole characters of UTF-8, and hands out what may go: each time some text and how many
    /// units it is, at least 1. A text is valid during the call only. `now`: nanoseconds, never less than before.
    package mutating func feed(_ piece: RawSpan, at now: Int64, _ release: (RawSpan, Int) -> Void) {
        if held.isEmpty { since = now }
        let begin = held.count
        unsafe piece.withUnsafeBytes { unsafe held.append(contentsOf: $0) }
        var start = 0
        var offset = begin
        while offset < held.count {
            let (scalar, length) = Self.scalar(at: offset, in: held)
            let place = scanner.place(before: scalar)
            if place != .inside {
                let isEnd = place == .unit || (settings.unit == .event && offset == begin)
                if isEnd, offset > start {
                    units += 1
                    if characters >= settings.minCharacters { cut(&start, offset, at: now, release) }
                }
                characters += 1
                lastCharacter = offset
            }
            offset += length
        }
        if scanner.endsUnit, characters >= settings.minCharacters, start < held.count {
            units += 1
            cut(&start, held.count, at: now, release)
        } else if held.count - start > settings.maxHeldBytes {
            releaseExcess(&start, at: lastCharacter < begin ? since : now, release)
        }
        forget(start)
    }

    /// Hands out all that is held: the delay has passed, or the text ends here.
    package mutating func releaseAll(_ release: (RawSpan, Int) -> Void) {
        guard !held.isEmpty else { return }
        unsafe release(held.span.bytes, units + 1)
        forget(held.count)
    }

    private mutating func cut(_ start: inout Int, _ end: Int, at now: Int64, _ release: (RawSpan, Int) -> Void) {
        unsafe release(held.span.bytes.extracting(start..<end), units)
        start = end
        characters = 0
        units = 0
        since = now
    }

    /// Too much is held: all goes but the last character, and that as well if it alone is too large.
    private mutating func releaseExcess(
        _ start: inout Int, at time: Int64, _ release: (RawSpan, Int) -> Void
    ) {
        units += 1
        guard lastCharacter > start else { return cut(&start, held.count, at: time, release) }
        cut(&start, lastCharacter, at: time, release)
        characters = 1
    }

    private mutating func forget(_ count: Int) {
        guard count > 0 else { return }
        guard count == held.count else {
            lastCharacter -= count
            return held.removeSubrange(..<count)
        }
        held.removeAll(keepingCapacity: true)
        scanner.reset()
        characters = 0
        lastCharacter = 0
        units = 0
    }

    /// The scalar that begins at `offset`, and its length in bytes. What is no UTF-8 gives any scalar.
    private static func scalar(at offset: Int, in bytes: [UInt8]) -> (Unicode.Scalar, Int) {
        let lead = bytes[offset]
        guard lead >= 0x80 else { return (Unicode.Scalar(lead), 1) }
        let length = min(UTF8Length.of(lead), bytes.count - offset)
        var value = UInt32(lead) & (0x7F >> UInt32(UTF8Length.of(lead)))
        for index in offset + 1..<offset + length { value = value << 6 | UInt32(bytes[index] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }
}
