import Glibc
import Upstreams

/// An event of a stream without its text: into it any other part of the text can be put.
///
/// Owns a copy of the event's bytes. Two events with equal envelopes differ in their text alone.
final class EventEnvelope {
    /// What stands before the text's opening quote, then what stands behind its closing one.
    private let bytes: ByteBuffer
    /// Where in `bytes` the text goes.
    private let place: Int
    /// Where in `bytes` the event's padding stands.
    private let padding: Range<Int>?

    init(_ event: RawSpan, _ piece: TextDelta.Piece) {
        let range = piece.text.range
        var bytes = ByteBuffer()
        bytes.append(event.extracting(0..<range.lowerBound))
        bytes.append(event.extracting(range.upperBound..<event.byteCount))
        self.bytes = bytes
        place = range.lowerBound
        padding = Self.padding(of: piece)
    }

    /// The event says the same but for its text. `exactly`: down to its padding.
    func fits(_ event: RawSpan, _ piece: TextDelta.Piece, exactly: Bool) -> Bool {
        let range = piece.text.range
        let (own, other) = (padding, Self.padding(of: piece))
        if own == nil || other == nil || exactly {
            return event.byteCount - range.count == bytes.count && range.lowerBound == place
                && same(0..<place, event, at: 0) && same(place..<bytes.count, event, at: range.upperBound)
        }
        guard let own, let other else { return false }
        return fits(event, range, own, other)
    }

    /// The same with the paddings left out. Both stand on the same side of the text in events that fit.
    private func fits(_ event: RawSpan, _ range: Range<Int>, _ own: Range<Int>, _ other: Range<Int>) -> Bool {
        let rest = event.byteCount - range.count
        guard bytes.count - own.count == rest - other.count, own.lowerBound == other.lowerBound else { return false }
        let isBefore = own.upperBound <= place
        guard isBefore == (other.upperBound <= range.lowerBound) else { return false }
        // From offsets of the envelope to those of the event: the text was taken out, and the paddings differ.
        let (grown, cut) = (other.count - own.count, range.count)
        if isBefore {
            return place + grown == range.lowerBound && same(0..<own.lowerBound, event, at: 0)
                && same(own.upperBound..<place, event, at: other.upperBound)
                && same(place..<bytes.count, event, at: range.upperBound)
        }
        return place == range.lowerBound && same(0..<place, event, at: 0)
            && same(place..<own.lowerBound, event, at: range.upperBound)
            && same(own.upperBound..<bytes.count, event, at: other.upperBound + cut)
    }

    /// Appends the event with this text in it.
    func write(_ text: RawSpan, to output: inout ByteBuffer) {
        output.reserve(bytes.count + text.byteCount + 16)
        bytes.withBytes { bytes in
            output.append(bytes.extracting(0..<place))
            output.appendJSONString(utf8: text)
            output.append(bytes.extracting(place..<bytes.byteCount))
        }
    }

    /// The padding's place once the text is taken out; nil without one.
    private static func padding(of piece: TextDelta.Piece) -> Range<Int>? {
        guard let padding = piece.padding, !padding.overlaps(piece.text.range) else { return nil }
        guard padding.lowerBound > piece.text.range.lowerBound else { return padding }
        let taken = piece.text.range.count
        return padding.lowerBound - taken..<padding.upperBound - taken
    }

    /// That part of this envelope stands in the event at `offset`.
    private func same(_ part: Range<Int>, _ event: RawSpan, at offset: Int) -> Bool {
        guard !part.isEmpty else { return true }
        guard offset >= 0, offset + part.count <= event.byteCount else { return false }
        return unsafe bytes.withUnsafeBytes { own in
            unsafe event.withUnsafeBytes { event in
                guard let left = own.baseAddress, let right = event.baseAddress else { return false }
                return unsafe memcmp(left + part.lowerBound, right + offset, part.count) == 0
            }
        }
    }
}
