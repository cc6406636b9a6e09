import Testing

@testable import Upstreams

/// The head of a provider's answer.
struct AnswerHeadTests {
    private func head(_ lines: String) -> AnswerHead { AnswerHead(status: 200, lines: Array(lines.utf8)) }

    @Test func `fields are found without regard to case and blanks around them`() {
        let head = head("Retry-After:  5 \t\r\nX-A:\r\nx-b: 1: 2\r\nretry-after: 6\r\n")
        #expect(head.value(of: "retry-after") == "5", "the first one counts")
        #expect(head.value(of: "x-a") == "")
        #expect(head.value(of: "x-b") == "1: 2")
        #expect(head.value(of: "retry") == nil)
    }

    @Test func `lines that are no fields are passed over`() {
        var names: [String] = []
        let head = head("no colon\r\n: nameless\r\n\r\na: 1\r\nb: 2")
        head.forEachField { name, _ in names.append(String(decoding: head.lines[name], as: UTF8.self)) }
        #expect(names == ["a", "b"])
    }

    @Test(arguments: [
        ("content-type: text/event-stream\r\n", true), ("Content-Type: Text/Event-Stream; charset=utf-8\r\n", true),
        ("content-type: application/json\r\n", false), ("content-type: text/event\r\n", false), ("", false),
        ("accept: text/event-stream\r\n", false),
    ])
    func `a stream of events is told by its type`(lines: String, isStream: Bool) {
        #expect(head(lines).isEventStream == isStream)
    }

    @Test func `a provider's wish to be left alone is read in all its forms`() {
        func wish(_ lines: String) -> Int? { AnswerHead(status: 429, lines: Array(lines.utf8)).retryAfter }
        #expect(wish("Retry-After: 2\r\n") == 2000)
        #expect(wish("retry-after: 2\r\nretry-after-ms: 150\r\n") == 150)
        #expect(wish("retry-after: 999999999\r\n") == 86_400_000)
        #expect(wish("retry-after: -1\r\n") == nil && wish("retry-after: soon\r\n") == nil && wish("") == nil)
        #expect(wish("retry-after: nan\r\n") == nil && wish("retry-after-ms: inf\r\n") == 86_400_000)
    }

    @Test(
        arguments: [
            ("Wed, 01 Jan 2025 00:00:07 GMT", 12_000), ("Tue, 31 Dec 2024 23:59:50 GMT", 0),
            ("Sat, 01 Mar 2025 00:00:00 GMT", 86_400_000), ("Wed, 01 Jan 2025 00:00:07", nil),
            ("Wed, 32 Jan 2025 00:00:07 GMT", nil), ("Wed, 01 Jnr 2025 00:00:07 GMT", nil),
            ("Wed, 29 Feb 2025 00:00:07 GMT", nil), ("Wed, 01 Jan 2025 24:00:07 GMT", nil),
            ("Wednesday, 01-Jan-25 00:00:07 GMT", nil),
        ] as [(String, Int?)])
    func `a date counts from the answer's own date`(date: String, expected: Int?) {
        let lines = "date: Tue, 31 Dec 2024 23:59:55 GMT\r\nretry-after: \(date)\r\n"
        #expect(AnswerHead(status: 503, lines: Array(lines.utf8)).retryAfter == expected)
        #expect(AnswerHead(status: 503, lines: Array("retry-after: \(date)\r\n".utf8)).retryAfter == nil)
    }
}
