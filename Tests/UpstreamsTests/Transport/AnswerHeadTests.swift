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
}
