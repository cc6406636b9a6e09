import Upstreams

@testable import Gateway

/// Streams of chat events that break off and are mended, as clients see them.
struct SpliceFixture {
    let parser = JSONParser()

    /// An event with one choice.
    static func event(_ choice: String, id: String = "first") -> String {
        #"{"id":"\#(id)","created":1,"model":"m-\#(id)","choices":[\#(choice)]}"#
    }

    static func text(_ text: String, choice: Int = 0, id: String = "first") -> String {
        event(#"{"index":\#(choice),"delta":{"content":"\#(text)"},"finish_reason":null}"#, id: id)
    }

    static func end(_ reason: String = "stop", choice: Int = 0, id: String = "first") -> String {
        event(#"{"index":\#(choice),"delta":{},"finish_reason":"\#(reason)"}"#, id: id)
    }

    func transcript(of events: [String]) throws -> Transcript {
        var transcript = Transcript()
        for event in events { transcript.note(try parser.parse(text: event).root) }
        return transcript
    }

    enum Outcome: Equatable {
        /// What clients get after what they had.
        case mended([String])
        /// What clients got before the misfit.
        case misfit([String])
        /// The new answer is shorter than what clients had.
        case tooShort
    }

    /// What becomes of a new answer for clients who have had `told`.
    func mend(_ told: [String], with answer: [String], continues: Bool = false) throws -> Outcome {
        let matcher = SpliceMatcher(try transcript(of: told), continues: continues)
        var events: [String] = []
        for event in answer {
            var output = ByteBuffer()
            switch matcher.fit(try parser.parse(text: event), &output) {
            case .nothing: break
            case .rest: events.append(output.text)
            case .misfit: return .misfit(events)
            }
        }
        return matcher.isCaughtUp ? .mended(events) : .tooShort
    }

    /// What a client has of a stream: one whole answer as JSON, without the model's name.
    func whole(_ events: [String]) throws -> JSONSample {
        var assembler = AnswerAssembler(parser: parser)
        for event in events {
            let text = event.replacing("m-second", with: "m-first")
            ByteBuffer(Array(text.utf8)).withBytes { assembler.append($0) }
        }
        return try JSONSample(assembler.finish().text)
    }
}
