import Policies
import Testing
import Upstreams

@testable import Gateway

@Suite("Pacing of streams")
struct PacerTests {
    private typealias Fixture = PaceFixture
    private let millisecond: Int64 = 1_000_000

    @Test("Text is cut at words, across events and inside them, each part in its own event's envelope")
    func words() {
        let events = [Fixture.text("Hel"), Fixture.text("lo big wor"), Fixture.text("ld"), Fixture.finished()]
        let expected = ["Hello", " big", " world"].map { Fixture.text($0) } + [Fixture.finished()]
        #expect(Fixture.run(events, .word) == expected)
    }

    @Test("Escapes and surrogate pairs are read, and written as the JSON needs it")
    func escapes() {
        let events = [#"a\ud83d\ude00\"\\ "#, #"b\u00e9\u0000\n\t"#].map { Fixture.text($0) }
        #expect(Fixture.run(events, .char, min: 4) == [#"a😀\"\\"#, #" bé\u0000"#, #"\n\t"#].map { Fixture.text($0) })
    }

    @Test(
        "What is more than text flushes its choice and passes byte for byte",
        arguments: [
            #"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"x"},"logprobs":{"content":[]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"x"},"finish_reason":"length"}]}"#,
            #"{"choices":[{"index":0,"delta":{"refusal":"x y"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"reasoning_content":"x y","content":null}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"x y","reasoning":"z"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"x y","audio":{"data":"AA"}}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"x y"},"token_ids":[1]}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":["x y"]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"x","content":"y"}}]}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":""}}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0},{"index":1}]}}]}"#,
            #"{"choices":[{"index":0,"delta":{"content":"x y"}}],"usage":{"total_tokens":1}}"#,
            #"{"choices":[{"index":0,"delta":{"content":"x"}},{"index":1,"delta":{"content":"y"}}]}"#,
            #"{"choices":[{"index":"0","delta":{"content":"x y"}}]}"#, #"{"error":{"message":"no"}}"#, "[1]",
            "not JSON",
            PaceFixture.usage,
        ])
    func others(event: String) {
        let events = [Fixture.text("a b"), event, Fixture.text("c d")]
        let expected = [Fixture.text("a"), Fixture.text(" b"), event, Fixture.text("c"), Fixture.text(" d")]
        #expect(Fixture.run(events, .word) == expected)
    }

    @Test("What says nothing does not keep text from being cut")
    func empties() {
        let event = { (text: String) in
            #"{"usage":null,"choices":[{"logprobs":null,"finish_reason":"","content_filter_results":{"hate":{"#
                + #""filtered":false}},"delta":{"role":"assistant","refusal":null,"content":"\#(text)"}}]}"#
        }
        #expect(Fixture.run([event("a b"), event("c")], .word) == [event("a"), event(" bc")])
    }

    @Test("Events of other envelopes are never merged; padding is no part of the envelope")
    func envelopes() {
        let (a, b) = (Fixture.text("a", more: #","x":1"#), Fixture.text("b", more: #","x":2"#))
        #expect(Fixture.run([a, b], .word) == [a, b])
        let padded = ["abc", "d", ""].map { Fixture.text("w", more: #","obfuscation":"\#($0)""#) }
        #expect(Fixture.run(padded, .word) == [Fixture.text("www", more: #","obfuscation":"abc""#)])
        let front = ["x", "yz"].map { #"{"obfuscation":"\#($0)","choices":[{"delta":{"content":"q r"}}]}"# }
        let merged = { (pad: String, text: String) in
            #"{"obfuscation":"\#(pad)","choices":[{"delta":{"content":"\#(text)"}}]}"#
        }
        #expect(Fixture.run(front, .word) == [merged("x", "q"), merged("x", " rq"), merged("yz", " r")])
        let apart = [#""y":1"#, #""y":2"#].map { Fixture.text("w", more: #","obfuscation":"a",\#($0)"#) }
        #expect(Fixture.run(apart, .word) == apart)
    }

    @Test("Choices wait for themselves alone")
    func choices() {
        let events = [
            Fixture.text("a"), Fixture.text("x", choice: 1), Fixture.text("b c"), Fixture.finished(1),
            Fixture.text("d"),
            Fixture.finished(),
        ]
        let expected = [
            Fixture.text("ab"), Fixture.text("x", choice: 1), Fixture.finished(1), Fixture.text(" cd"),
            Fixture.finished(),
        ]
        #expect(Fixture.run(events, .word) == expected)
    }

    @Test("Arguments of one tool call are merged, never split, and never mixed with another's or with text")
    func arguments() {
        let events = [
            Fixture.text("I call"), Fixture.arguments(#"{\"a b"#), Fixture.arguments(#" c\":"#),
            Fixture.arguments("1}", call: 0), Fixture.arguments("{", call: 1), Fixture.arguments("}", call: 1),
            Fixture.text("done"), Fixture.finished(),
        ]
        let expected = [
            Fixture.text("I call"), Fixture.arguments(#"{\"a b c\":1}"#), Fixture.arguments("{}", call: 1),
            Fixture.text("done"), Fixture.finished(),
        ]
        #expect(Fixture.run(events, .word, min: 100) == expected)
    }

    @Test("Held text goes out when the delay has passed, and not before")
    func delay() {
        var driver = Fixture(PaceSettings(unit: .sentence, maxDelay: 20 * millisecond))
        driver.feed(Fixture.text("a"), at: 5 * millisecond)
        driver.feed(Fixture.text("b"), at: 15 * millisecond)
        #expect(driver.pacer.nextDue?.nanoseconds == 25 * millisecond && driver.events.isEmpty)
        driver.advance(to: 25 * millisecond)
        #expect(driver.events == [Fixture.text("ab")] && driver.pacer.nextDue == nil && driver.pacer.isDrained)
    }

    @Test("Without a delay large events are split at once and nothing is held")
    func noDelay() {
        var driver = Fixture(PaceSettings(unit: .word, maxDelay: 0))
        driver.feed(Fixture.text("a b"))
        #expect(driver.events == [Fixture.text("a"), Fixture.text(" b")] && driver.pacer.isDrained)
    }

    @Test("A rate spreads units evenly, keeps the order of all events, and ends when everything is out")
    func rate() {
        var driver = Fixture(PaceSettings(unit: .word, maxDelay: 100 * millisecond, rate: 10))
        for event in [Fixture.text("a b c"), Fixture.finished(), Fixture.usage] { driver.feed(event) }
        driver.finish()
        #expect(
            driver.events == ["a", " b", " c"].map { Fixture.text($0) } + [Fixture.finished(), Fixture.usage])
        #expect(driver.outputs.map { $0.time / millisecond } == [0, 100, 200, 200, 200])
        #expect(driver.pacer.isDrained && driver.pacer.nextDue == nil)
    }

    @Test("More than may wait for the rate asks for a pause, and a failure lets everything out")
    func fullness() {
        var driver = Fixture(PaceSettings(unit: .char, maxDelay: 0, rate: 1, maxHeldBytes: 8))
        driver.feed(Fixture.text("12345678"))
        #expect(!driver.pacer.isFull)
        driver.feed(Fixture.text("9"))
        #expect(driver.pacer.isFull)
        driver.abandon()
        #expect(driver.events == "123456789".map { Fixture.text(String($0)) })
        #expect(driver.pacer.isDrained && !driver.pacer.isFull)
    }

    @Test("More choices than are kept pass as they come")
    func manyChoices() {
        let events = (0..<200).map { Fixture.text("a b", choice: $0) }
        let outputs = Fixture.run(events, .word)
        #expect(outputs.count == 128 * 2 + 72 && outputs.contains(events[199]))
    }
}
