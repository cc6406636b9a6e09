import Testing
import Upstreams

@testable import Gateway

/// Answers of another attempt, fitted to what clients have.
struct SpliceMatcherTests {
    private let fixture = SpliceFixture()

    private static func role(_ id: String) -> String {
        SpliceFixture.event(#"{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}"#, id: id)
    }

    private static func call(_ index: Int, _ name: String, _ arguments: String, id: String) -> String {
        SpliceFixture.event(
            #"{"index":0,"delta":{"tool_calls":[{"index":\#(index),"id":"call-\#(id)","type":"function","function":{"name":"\#(name)","arguments":"\#(arguments)"}}]}}"#,
            id: id)
    }

    private static func arguments(_ index: Int, _ text: String, id: String) -> String {
        SpliceFixture.event(
            #"{"index":0,"delta":{"tool_calls":[{"index":\#(index),"function":{"arguments":"\#(text)"}}]}}"#, id: id)
    }

    private static func stream(_ pieces: [String], id: String) -> [String] {
        [role(id)] + pieces.map { SpliceFixture.text($0, id: id) } + [SpliceFixture.end(id: id)]
    }

    private static let text = "Grüße aus 東京, said \\\"she\\\"."

    private static func pieces(_ size: Int) -> [String] {
        // Escapes are not cut: the pieces are put into JSON as they are.
        var pieces: [String] = []
        var piece = ""
        for character in text {
            piece.append(character)
            if piece.count >= size, character != "\\" {
                pieces.append(piece)
                piece = ""
            }
        }
        return pieces + (piece.isEmpty ? [] : [piece])
    }

    @Test(arguments: [1, 2, 3, 5, 100], [1, 2, 4, 7, 100])
    func `a text cut anywhere is made whole, however it is cut anew`(first: Int, second: Int) throws {
        let told = Self.stream(Self.pieces(first), id: "first")
        let whole = try fixture.whole(told)
        for cut in 1...told.count {
            let before = Array(told.prefix(cut))
            let answer = Self.stream(Self.pieces(second), id: "second")
            guard case .mended(let rest) = try fixture.mend(before, with: answer) else {
                Issue.record("no fit after \(cut) events")
                continue
            }
            #expect(try fixture.whole(before + rest) == whole, "cut after \(cut) events")
            #expect(rest.allSatisfy { $0.contains(#""id":"first""#) }, "one id")
            #expect(rest.allSatisfy { $0.contains("m-second") }, "the model is who answers")
            if cut == told.count { #expect(rest.isEmpty) }
        }
    }

    private static func calls(_ pieces: [[String]], id: String) -> [String] {
        var events = [role(id)]
        for (index, arguments) in pieces.enumerated() {
            events.append(call(index, "f\(index)", "", id: id))
            events += arguments.map { Self.arguments(index, $0, id: id) }
        }
        return events + [SpliceFixture.end("tool_calls", id: id)]
    }

    @Test func `tool calls cut anywhere are made whole under their first ids`() throws {
        let told = Self.calls([["{", #"\"a\":"#, "1}"], ["[", "2,3", "]"]], id: "first")
        let answer = Self.calls([[#"{\"a\""#, ":", "1}"], ["[2", ",3]"]], id: "second")
        let whole = try fixture.whole(told)
        for cut in 1...told.count {
            let before = Array(told.prefix(cut))
            guard case .mended(let rest) = try fixture.mend(before, with: answer) else {
                Issue.record("no fit after \(cut) events")
                continue
            }
            let client = before + rest
            let sample = try fixture.whole(client.map { $0.replacing("call-second", with: "call-first") })
            #expect(sample == whole, "cut after \(cut) events")
            for index in 0...1 {
                let announced = client.filter { $0.contains(#""name":"f\#(index)""#) }
                #expect(announced.count == 1, "each call is announced once")
            }
        }
    }

    @Test func `several choices are fitted each for itself`() throws {
        func stream(_ order: [(Int, String)], id: String) -> [String] {
            order.map { SpliceFixture.text($0.1, choice: $0.0, id: id) }
                + [SpliceFixture.end(choice: 1, id: id), SpliceFixture.end("length", choice: 0, id: id)]
        }
        let told = stream([(0, "a"), (1, "x"), (0, "b"), (1, "y"), (0, "c")], id: "first")
        let answer = stream([(1, "xy"), (0, "ab"), (0, "c")], id: "second")
        for cut in 1...told.count {
            let before = Array(told.prefix(cut))
            guard case .mended(let rest) = try fixture.mend(before, with: answer) else {
                Issue.record("no fit after \(cut) events")
                continue
            }
            #expect(try fixture.whole(before + rest) == fixture.whole(told), "cut after \(cut) events")
        }
    }

    @Test(arguments: [
        ("another word", [text("Hello")], [text("Help")]),
        ("another start", [text("Hello")], [text("J")]),
        ("more of another text", [text("Hello")], [text("He"), text("y there")]),
        ("a call instead of words", [text("Hello")], [call("f", "{}")]),
        ("words instead of a call", [call("f", "")], [text("Hello")]),
        ("words before the call", [call("f", "{")], [text("Hello"), call("f", "{}")]),
        ("another function", [call("f", "{")], [call("g", "{}")]),
        ("other arguments", [call("f", #"{\"a\""#)], [call("f", #"{\"b\":1}"#)]),
        ("the end without the call", [call("f", "")], [SpliceFixture.end(id: "second")]),
        ("the end before all was said", [text("Hello")], [text("He"), SpliceFixture.end(id: "second")]),
        ("reasoning instead of words", [text("Hello")], [reasoning("Hello")]),
        ("words before the reasoning", [reasoning("hm")], [text("Hello"), reasoning("hm")]),
        ("sound instead of words", [text("Hello")], [audio]),
        ("more after the end", [text("Hello"), SpliceFixture.end()], [text("Hello"), text(" you")]),
    ])
    func `an answer that says anything else does not fit, and nothing of it gets out`(
        name: String, told: [String], answer: [String]
    ) throws {
        #expect(try fixture.mend(told, with: answer) == .misfit([]), "\(name)")
    }

    private static func text(_ text: String) -> String { SpliceFixture.text(text) }

    private static func call(_ name: String, _ arguments: String) -> String { call(0, name, arguments, id: "first") }

    private static func reasoning(_ text: String) -> String {
        SpliceFixture.event(#"{"index":0,"delta":{"reasoning_content":"\#(text)"}}"#)
    }

    private static let audio = SpliceFixture.event(#"{"index":0,"delta":{"audio":{"data":"QUJD"}}}"#)

    @Test func `an answer that ends too early does not fit`() throws {
        #expect(try fixture.mend([Self.text("Hello")], with: [Self.text("He")]) == .tooShort)
        #expect(try fixture.mend([Self.call("f", "{")], with: []) == .tooShort)
        #expect(try fixture.mend([Self.call("f", "")], with: []) == .tooShort)
    }

    @Test func `what goes on in the event that catches up goes out alone, without its log probabilities`() throws {
        let event = SpliceFixture.event(
            #"{"index":0,"delta":{"role":"assistant","content":"Hello"},"logprobs":{"content":[]},"x":1.50}"#,
            id: "second")
        let outcome = try fixture.mend([Self.text("Hel")], with: [event])
        let expected = SpliceFixture.event(
            #"{"index":0,"delta":{"role":null,"content":"lo"},"logprobs":null,"x":1.50}"#
        ).replacing("m-first", with: "m-second")
        #expect(outcome == .mended([expected]))
    }

    @Test func `an answer that continues goes out from its start`() throws {
        let outcome = try fixture.mend(
            [Self.text("Hel")], with: [SpliceFixture.text("lo", id: "second"), SpliceFixture.end(id: "second")],
            continues: true)
        guard case .mended(let rest) = outcome else {
            Issue.record("no fit")
            return
        }
        let whole = try fixture.whole([Self.text("Hello"), SpliceFixture.end()])
        #expect(try fixture.whole([Self.text("Hel")] + rest) == whole)
    }

    @Test func `facts about the whole stream pass in their time, and once`() throws {
        let filter = #"{"id":"second","choices":[],"prompt_filter_results":[]}"#
        let usage = #"{"id":"second","choices":[],"usage":{"total_tokens":3}}"#
        let answer = [filter, SpliceFixture.text("Hello", id: "second"), SpliceFixture.end(id: "second"), usage]
        guard case .mended(let rest) = try fixture.mend([Self.text("Hel")], with: answer) else {
            Issue.record("no fit")
            return
        }
        #expect(rest.count == 3 && rest.last?.contains("total_tokens") == true, "the early one was not new")
        let told = [Self.text("Hello"), SpliceFixture.end(), usage.replacing("second", with: "first")]
        #expect(try fixture.mend(told, with: answer) == .mended([]))
    }

    @Test func `an end without a delta is an end`() throws {
        let end = SpliceFixture.event(#"{"index":0,"finish_reason":"stop"}"#)
        #expect(try fixture.mend([Self.text("Hello"), end], with: [Self.text("Hello"), end]) == .mended([]))
        #expect(try fixture.mend([Self.text("Hello")], with: [Self.text("Hello"), end]) == .mended([end]))
    }

    @Test func `only plain text can be continued, and sound cannot be mended`() throws {
        #expect(try fixture.transcript(of: [Self.text("Hel"), Self.text("lo")]).plainText == Array("Hello".utf8))
        #expect(try fixture.transcript(of: [Self.text("a"), Self.call("f", "")]).plainText == nil)
        #expect(try fixture.transcript(of: [Self.text("a"), SpliceFixture.text("b", choice: 1)]).plainText == nil)
        #expect(try fixture.transcript(of: [Self.text("a"), SpliceFixture.end()]).plainText == nil)
        #expect(try fixture.transcript(of: [Self.text("a"), Self.audio]).isOpaque)
        #expect(try !fixture.transcript(of: [Self.text("a"), Self.call("f", "")]).isOpaque)
    }
}
