import Testing
import Upstreams

@testable import Gateway

/// Random answers of several choices, cut anywhere, mended by equal and by other answers.
struct SplicePropertiesTests {
    private let fixture = SpliceFixture()

    /// The texts of one answer: what each choice says, in characters.
    private func texts(_ random: inout GuardRandom) -> [String] {
        (0...random.below(3)).map { _ in random.text(of: ["a", "b", "é", "日"], count: 1 + random.below(12)) }
    }

    /// The events of an answer: its texts in pieces, the choices mixed at random.
    private func stream(_ texts: [String], _ random: inout GuardRandom, id: String) -> [String] {
        var left = texts.map { random.cut($0)[...] }
        var events: [String] = []
        while left.contains(where: { !$0.isEmpty }) {
            let choice = random.below(left.count)
            guard let piece = left[choice].popFirst() else { continue }
            events.append(SpliceFixture.text(piece, choice: choice, id: id))
        }
        return events + texts.indices.map { SpliceFixture.end(choice: $0, id: id) }
    }

    /// What a client has of each choice.
    private func told(_ events: [String], choices: Int) throws -> [String] {
        let transcript = try fixture.transcript(of: events)
        return (0..<choices).map { choice in
            let channel = Transcript.Channel(choice: choice, place: .text("content"))
            return String(decoding: transcript.texts[channel] ?? [], as: UTF8.self)
        }
    }

    @Test(arguments: 1...100) func `the same answer always mends, to the same whole`(seed: UInt64) throws {
        var random = GuardRandom(seed: seed)
        let texts = texts(&random)
        let events = stream(texts, &random, id: "first")
        for cut in 0...events.count {
            let before = Array(events.prefix(cut))
            let outcome = try fixture.mend(before, with: stream(texts, &random, id: "second"))
            guard case .mended(let rest) = outcome else {
                Issue.record("no fit after \(cut) of \(events)")
                continue
            }
            #expect(try told(before + rest, choices: texts.count) == texts)
        }
    }

    @Test(arguments: 1...100) func `another answer never mixes with the first`(seed: UInt64) throws {
        var random = GuardRandom(seed: seed * 7919)
        let first = texts(&random)
        var second = first
        let changed = random.below(first.count)
        let place = random.below(first[changed].count)
        var letters = Array(first[changed])
        letters[place] = "X"
        second[changed] = String(letters.prefix(place + 1 + random.below(letters.count - place)))
        let events = stream(first, &random, id: "first")
        for cut in 0...events.count {
            let before = Array(events.prefix(cut))
            let rest: [String]
            switch try fixture.mend(before, with: stream(second, &random, id: "second")) {
            case .mended(let events), .misfit(let events): rest = events
            case .tooShort: rest = []
            }
            let had = try told(before, choices: first.count)
            for (choice, text) in try told(before + rest, choices: first.count).enumerated() {
                #expect(text == had[choice] || second[choice].hasPrefix(text), "a mixture: \(text)")
            }
        }
    }
}
