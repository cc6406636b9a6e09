@testable import Policies

/// What holds for every text, every way to cut it and every setting of `PacedText`. Shared by tests and fuzzing.
struct PaceProperties {
    /// A part of the text and when it comes, in nanoseconds.
    struct Piece {
        let text: String
        let time: Int64
    }

    /// A part that went out.
    private struct Output {
        let end: Int
        let time: Int64
        /// Nothing more was waited for.
        let isForced: Bool
    }

    private let settings: PaceSettings
    private let pieces: [Piece]
    private var bytes: [UInt8] = []
    private var outputs: [Output] = []

    /// Says which property does not hold; nil: all do.
    static func broken(by pieces: [Piece], _ settings: PaceSettings) -> String? {
        var run = Self(settings, pieces)
        run.feed()
        return run.fault
    }

    private init(_ settings: PaceSettings, _ pieces: [Piece]) {
        self.settings = settings
        self.pieces = pieces
    }

    private mutating func feed() {
        var text = PacedText(settings)
        var out: [UInt8] = []
        for piece in pieces {
            while let due = text.due, due <= piece.time { release(&text, due, &out) }
            var ends: [Int] = []
            unsafe text.feed(Array(piece.text.utf8).span.bytes, at: piece.time) { part, _ in
                unsafe part.withUnsafeBytes { unsafe out.append(contentsOf: $0) }
                ends.append(out.count)
            }
            outputs += ends.map { Output(end: $0, time: piece.time, isForced: false) }
        }
        release(&text, text.due ?? 0, &out)
        bytes = out
    }

    private mutating func release(_ text: inout PacedText, _ time: Int64, _ out: inout [UInt8]) {
        text.releaseAll { part, _ in unsafe part.withUnsafeBytes { unsafe out.append(contentsOf: $0) } }
        if text.due != nil { preconditionFailure("held after everything went out") }
        guard out.count > outputs.last?.end ?? 0 else { return }
        outputs.append(Output(end: out.count, time: time, isForced: true))
    }

    private var fault: String? {
        if bytes != pieces.flatMap({ Array($0.text.utf8) }) { return "the text is not what came" }
        return lateByte ?? wrongCut
    }

    /// Every byte goes out within the delay.
    private var lateByte: String? {
        var place = 0
        var output = 0
        for piece in pieces {
            for _ in piece.text.utf8 {
                while outputs[output].end <= place { output += 1 }
                let delay = outputs[output].time - piece.time
                if delay > settings.maxDelay || delay < 0 { return "byte \(place) waited for \(delay) ns" }
                place += 1
            }
        }
        return nil
    }

    /// Between two places where nothing was waited for, the text is cut between characters, and each part has enough.
    private var wrongCut: String? {
        var start = 0
        var cuts: [Int] = []
        for output in outputs {
            cuts.append(output.end)
            guard output.isForced else { continue }
            if let fault = wrongCut(cuts, from: start) { return fault }
            (start, cuts) = (output.end, [])
        }
        return wrongCut(cuts, from: start)
    }

    private func wrongCut(_ cuts: [Int], from start: Int) -> String? {
        guard let end = cuts.last else { return nil }
        var ends: [Int: Int] = [start: 0]
        var place = start
        for (count, character) in String(decoding: bytes[start..<end], as: UTF8.self).enumerated() {
            place += character.utf8.count
            ends[place] = count + 1
        }
        var last = start
        for cut in cuts {
            guard let before = ends[last], let after = ends[cut] else { return "cut inside a character at \(cut)" }
            let isWhole = outputs.contains { $0.end == cut && $0.isForced }
            if !isWhole, after - before < settings.minCharacters { return "too few characters before \(cut)" }
            last = cut
        }
        return nil
    }
}
