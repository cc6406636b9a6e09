package import Policies
package import Upstreams

/// Cuts the texts of one streamed answer anew and spreads them over time, as a `pace` policy says.
///
/// Takes the events of the stream and hands out events of the same form: those that add text to a choice are merged
/// and split, only with equal envelopes, each choice for itself; all others go out as they came, after the text of
/// their choice that came before. Arguments of tool calls are merged, never split, and not held to the rate.
///
/// Owns the text that is held back. Has no timer: who drives it calls `flush` when `nextDue` has come.
/// States: open → ended by `finish` → drained; nothing is fed after the end.
package final class Pacer {
    /// Choices whose text may be held back; further ones pass as they came.
    private static let maxChoices = 128

    private struct Choice {
        let index: Int
        var isArguments: Bool
        var text: PacedText
        /// What the held text goes out in.
        var envelope: EventEnvelope
    }

    private let settings: PaceSettings
    private let parser: JSONParser
    private var choices: [Choice] = []
    private var clock: PaceClock?
    private var queue = PaceQueue()
    private var output = ByteBuffer()

    package init(_ settings: PaceSettings, parser: JSONParser) {
        self.settings = settings
        self.parser = parser
        clock = settings.rate.map { PaceClock(rate: $0) }
    }

    /// A pacer of the same settings for another answer.
    package func anew() -> Pacer { Pacer(settings, parser: parser) }

    // MARK: What the driver asks

    /// When `flush` has to be called; nil: nothing waits for a time.
    package var nextDue: MonotonicTime? {
        var due = queue.isEmpty ? nil : clock?.next
        for choice in choices {
            if let other = choice.text.due { due = min(due ?? other, other) }
        }
        return due.map { MonotonicTime(nanoseconds: $0) }
    }

    /// Nothing is left to be handed out.
    package var isDrained: Bool { queue.isEmpty && choices.allSatisfy(\.text.isEmpty) }

    /// So much waits for the rate that no further events should be fed until some of it has gone.
    package var isFull: Bool { queue.byteCount >= settings.maxHeldBytes }

    // MARK: What the driver does

    /// Takes one event and hands what may go out to `emit`: no event, one or more, each valid during the call only.
    package func event(_ payload: RawSpan, now: MonotonicTime, _ emit: (RawSpan) -> Void) {
        drain(now, emit)
        // What is no JSON has no text; whoever reads it finds out.
        guard let document = try? parser.parse(payload) else { return pass(payload, choice: nil, now, emit) }
        switch TextDelta(document) {
        case .other(let choice): pass(payload, choice: choice, now, emit)
        case .text(let piece): take(piece, of: payload, now, emit)
        }
    }

    /// Hands out what is due.
    package func flush(now: MonotonicTime, _ emit: (RawSpan) -> Void) {
        drain(now, emit)
        for place in choices.indices where choices[place].text.due.map({ $0 <= now.nanoseconds }) ?? false {
            release(place, now, emit)
        }
    }

    /// The stream has ended: nothing is held back any more but for the rate. Until `isDrained`, what waits for it goes
    /// out by `flush`.
    package func finish(now: MonotonicTime, _ emit: (RawSpan) -> Void) {
        drain(now, emit)
        for place in choices.indices { release(place, now, emit) }
    }

    /// Hands out everything at once, whatever the rate: the stream has failed, and what came before still counts.
    package func abandon(_ emit: (RawSpan) -> Void) {
        while !queue.isEmpty { sendFirst(emit) }
        clock = nil
        for place in choices.indices { release(place, MonotonicTime(nanoseconds: 0), emit) }
    }

    // MARK: Text

    private func take(
        _ piece: TextDelta.Piece, of payload: RawSpan, _ now: MonotonicTime, _ emit: (RawSpan) -> Void
    ) {
        guard let place = place(for: piece, of: payload, now, emit) else {
            return pass(payload, choice: piece.choice, now, emit)
        }
        let envelope = choices[place].envelope
        var hasReleased = choices[place].text.isEmpty
        piece.text.withUTF8 { text in
            choices[place].text.feed(text, at: now.nanoseconds) { text, units in
                hasReleased = true
                send(text, piece.isArguments ? 0 : units, in: envelope, now, emit)
            }
        }
        // What is held now came with this event, and goes out in its envelope, padding included.
        if hasReleased, piece.padding != nil, !envelope.fits(payload, piece, exactly: true) {
            choices[place].envelope = EventEnvelope(payload, piece)
        }
        if choices[place].text.due.map({ $0 <= now.nanoseconds }) ?? false { release(place, now, emit) }
    }

    /// The choice that takes the piece. What it holds goes out first if it is of another kind. Nil: there are too many.
    private func place(
        for piece: TextDelta.Piece, of payload: RawSpan, _ now: MonotonicTime, _ emit: (RawSpan) -> Void
    ) -> Int? {
        guard let place = choices.firstIndex(where: { $0.index == piece.choice }) else {
            guard choices.count < Self.maxChoices else { return nil }
            choices.append(choice(piece, of: payload))
            return choices.count - 1
        }
        let isExact = choices[place].text.isEmpty
        if choices[place].envelope.fits(payload, piece, exactly: isExact) { return place }
        release(place, now, emit)
        if choices[place].isArguments == piece.isArguments {
            choices[place].envelope = EventEnvelope(payload, piece)
        } else {
            choices[place] = choice(piece, of: payload)
        }
        return place
    }

    private func choice(_ piece: TextDelta.Piece, of payload: RawSpan) -> Choice {
        var settings = settings
        if piece.isArguments { settings.unit = .event }
        return Choice(
            index: piece.choice, isArguments: piece.isArguments, text: PacedText(settings),
            envelope: EventEnvelope(payload, piece))
    }

    /// Hands out all that a choice holds.
    private func release(_ place: Int, _ now: MonotonicTime, _ emit: (RawSpan) -> Void) {
        let (envelope, isArguments) = (choices[place].envelope, choices[place].isArguments)
        choices[place].text.releaseAll { text, units in
            send(text, isArguments ? 0 : units, in: envelope, now, emit)
        }
    }

    // MARK: The rate

    /// An event that is no text of its own: after all that came before of its choice.
    private func pass(_ payload: RawSpan, choice: Int?, _ now: MonotonicTime, _ emit: (RawSpan) -> Void) {
        for place in choices.indices where choice == nil || choices[place].index == choice {
            release(place, now, emit)
        }
        if queue.isEmpty { emit(payload) } else { queue.append(nil, payload, units: 0) }
    }

    private func send(
        _ text: RawSpan, _ units: Int, in envelope: EventEnvelope, _ now: MonotonicTime, _ emit: (RawSpan) -> Void
    ) {
        guard queue.isEmpty else { return queue.append(envelope, text, units: units) }
        if units > 0, clock != nil {
            clock?.resume(at: now.nanoseconds)
            guard clock?.isOpen(at: now.nanoseconds) == true else {
                return queue.append(envelope, text, units: units)
            }
            clock?.spend(units)
        }
        write(text, in: envelope, emit)
    }

    /// Sends what the rate lets go.
    private func drain(_ now: MonotonicTime, _ emit: (RawSpan) -> Void) {
        guard !queue.isEmpty else { return }
        clock?.catchUp(at: now.nanoseconds)
        while let first = queue.first, first.units == 0 || clock?.isOpen(at: now.nanoseconds) ?? true {
            clock?.spend(first.units)
            sendFirst(emit)
        }
    }

    private func sendFirst(_ emit: (RawSpan) -> Void) {
        let envelope = queue.first?.envelope
        queue.removeFirst { bytes in
            if let envelope { write(bytes, in: envelope, emit) } else { emit(bytes) }
        }
    }

    private func write(_ text: RawSpan, in envelope: EventEnvelope, _ emit: (RawSpan) -> Void) {
        output.removeAll()
        envelope.write(text, to: &output)
        output.withBytes { emit($0) }
    }
}
