import Policies
import Testing
import Upstreams

@testable import Gateway

/// Random streams of several choices and tool calls, mixed with everything else that a stream may hold.
@Suite("Pacing of random streams")
struct PacerPropertiesTests {
    /// What one choice says: texts by kind, with neighbours of a kind put together, and events as they are.
    private enum Saying: Equatable {
        case text(kind: String, String)
        case event(String)
    }

    private static let parts = [
        "a", " b", "word", "  ", #"\n"#, #"\r\n"#, #"e\u0301"#, #"\u0301"#, "👨‍👩‍👧", #"\ud83c\udde9"#, "🇪", "\u{1112}",
        "\u{1161}",
        "字", "。", "! ", #"\""#, #"\\"#, #"\u0000"#, "क्षि", "\u{200D}",
    ]

    private func stream(_ random: inout SplitMix64, length: Int) -> [String] {
        (0..<length).map { serial in
            let choice = Int.random(in: 0..<3, using: &random)
            let text = (0..<Int.random(in: 1...4, using: &random))
                .map { _ in Self.parts[Int.random(in: Self.parts.indices, using: &random)] }.joined()
            switch Int.random(in: 0..<20, using: &random) {
            case 0: return PaceFixture.finished(choice)
            case 1: return #"{"serial":\#(serial),"choices":[],"usage":{"total_tokens":\#(serial)}}"#
            case 2: return #"{"choices":[{"index":\#(choice),"delta":{"reasoning_content":"\#(text)"}}]}"#
            case 3: return #"{"choices":[{"index":\#(choice),"delta":{"content":"\#(text)"},"logprobs":{}}]}"#
            case 4: return PaceFixture.text(text, choice: choice, more: #","x":\#(serial)"#)
            case 5...8:
                return PaceFixture.arguments(text, call: Int.random(in: 0..<2, using: &random), choice: choice)
            case 9...10: return PaceFixture.text(text, choice: choice, more: #","obfuscation":"\#(serial)""#)
            default: return PaceFixture.text(text, choice: choice)
            }
        }
    }

    /// What an event says. `choice`: nil: of all.
    private struct Part {
        let choice: Int?
        let event: String
        /// The event without its text and its padding; nil: it is more than text.
        var kind: String?
        var text = ""
        var isArguments = false
    }

    private func read(_ events: [String]) -> [Part] {
        let parser = JSONParser()
        return events.map { event in
            let bytes = ByteBuffer(Array(event.utf8))
            guard let document = bytes.withBytes({ try? parser.parse($0) }) else {
                return Part(choice: nil, event: event)
            }
            switch TextDelta(document) {
            case .other(let choice): return Part(choice: choice, event: event)
            case .text(let piece):
                return Part(
                    choice: piece.choice, event: event, kind: envelope(event, piece), text: piece.text.string ?? "",
                    isArguments: piece.isArguments)
            }
        }
    }

    private func envelope(_ event: String, _ piece: TextDelta.Piece) -> String {
        var bytes = Array(event.utf8)
        let ranges = [piece.text.range, piece.padding].compactMap { $0 }.sorted { $0.lowerBound > $1.lowerBound }
        for range in ranges { bytes.removeSubrange(range) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func sayings(_ parts: [Part], of choice: Int) -> [Saying] {
        var sayings: [Saying] = []
        for part in parts where part.choice == nil || part.choice == choice {
            guard let kind = part.kind else {
                sayings.append(.event(part.event))
                continue
            }
            if case .text(kind, let before) = sayings.last {
                sayings[sayings.count - 1] = .text(kind: kind, before + part.text)
            } else {
                sayings.append(.text(kind: kind, part.text))
            }
        }
        return sayings
    }

    /// Within a text of one kind, some event ends inside a character.
    private func cutsCharacter(_ parts: [Part], of choice: Int) -> Bool {
        var run: (kind: String?, texts: [String]) = (nil, [])
        func isCut() -> Bool { run.texts.map(\.count).reduce(0, +) != run.texts.joined().count }
        for part in parts where part.choice == nil || part.choice == choice {
            if part.kind == nil || part.kind != run.kind {
                if isCut() { return true }
                run = (part.kind, [])
            }
            run.texts.append(part.text)
        }
        return isCut()
    }

    private func settings(_ random: inout SplitMix64, delay: Int64, rate: Double? = nil) -> PaceSettings {
        PaceSettings(
            unit: PaceUnit.allCases[Int.random(in: 0..<PaceUnit.allCases.count, using: &random)],
            minCharacters: Int.random(in: 1...8, using: &random), maxDelay: delay, rate: rate)
    }

    @Test("What each choice says is the same, in its order, and no event ends inside a character")
    func identity() {
        var random = SplitMix64(seed: 51)
        for _ in 0..<10_000 {
            let events = stream(&random, length: Int.random(in: 1...16, using: &random))
            var driver = PaceFixture(settings(&random, delay: 1_000_000_000))
            for event in events { driver.feed(event) }
            driver.finish()
            #expect(driver.pacer.isDrained)
            let (came, went) = (read(events), read(driver.events))
            for choice in 0..<3 {
                let isSame = sayings(went, of: choice) == sayings(came, of: choice)
                let isCut = cutsCharacter(went, of: choice)
                #expect(isSame && !isCut, "\(events) became \(driver.events)")
                if !isSame || isCut { return }
            }
        }
    }

    @Test("With delays and rates nothing is lost and the order stays; the rate holds for every window")
    func timing() {
        var random = SplitMix64(seed: 52)
        for _ in 0..<1_000 {
            let events = stream(&random, length: 12)
            let rate: Double? = Bool.random(using: &random) ? 100 : nil
            var settings = settings(&random, delay: Int64.random(in: 0...30_000_000, using: &random), rate: rate)
            settings.unit = .char
            var driver = PaceFixture(settings)
            var time: Int64 = 0
            for event in events {
                time += Int64.random(in: 0...20_000_000, using: &random)
                driver.feed(event, at: time)
            }
            driver.finish()
            let (came, went) = (read(events), read(driver.events))
            for choice in 0..<3 { #expect(sayings(went, of: choice) == sayings(came, of: choice)) }
            guard rate != nil else {
                #expect((driver.outputs.last?.time ?? 0) <= time)
                continue
            }
            let times = zip(driver.outputs, went).filter { $1.kind != nil && !$1.isArguments }.map { $0.0.time }
            for (earlier, later) in zip(times, times.dropFirst()) { #expect(later - earlier >= 10_000_000) }
        }
    }
}
