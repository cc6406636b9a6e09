import Policies
import Upstreams

/// Makes the events of a task of those of its completion (API page, task dialect).
///
/// Progress that the upstream tells is passed on, and its last step is the result. Where it tells none, the answer's
/// text is told as it comes (`text`), and the whole answer, which has a bound, is the result. All of it passes the guards
/// of the request.
struct TaskEvents: ~Copyable {
    private let grant: TaskGrant
    private let parser: JSONParser
    private let runtime: Runtime
    private let answerGuard: AnswerGuard?
    private var assembler: AnswerAssembler
    /// The upstream tells its progress; then its text is the same again.
    private var hasProgress = false
    private var result: [UInt8]?
    private var progress: TaskProgress?
    private var event = ByteBuffer()
    private var isCounted = false
    /// What guards decided of the answer, once that is counted.
    private(set) var decisions: [PolicyDecision] = []

    init(_ grant: TaskGrant, parser: JSONParser, runtime: Runtime) {
        self.grant = grant
        self.parser = parser
        self.runtime = runtime
        answerGuard = grant.makeGuard(runtime.policies, parser)
        assembler = AnswerAssembler(parser: parser)
    }

    // MARK: Reading

    /// Takes one event of the completion and hands out those of the task that it makes.
    mutating func read(_ payload: RawSpan, _ kind: LogEventKind, _ send: (RawSpan) -> Void) throws(Refusal) {
        if kind == .progress { return try step(payload, send) }
        guard let answerGuard else { return take(payload, send) }
        try answerGuard.event(payload) { take($0, send) }
    }

    /// Why nothing more can be made of the completion.
    var failure: TaskFailure? {
        let most = runtime.configuration.bounds.maxLogBytes
        return assembler.byteCount > most ? TaskFailure(.answerTooLarge(limit: most)) : nil
    }

    private mutating func take(_ payload: RawSpan, _ send: (RawSpan) -> Void) {
        guard !hasProgress else { return }
        assembler.append(payload)
        event.removeAll()
        AnswerText.read(payload, parser) { text in
            event.removeAll()
            event.appendJSON {
                $0.object {
                    $0.member("event", "text")
                    $0.object("data") { $0.member("text", utf8: text) }
                }
            }
            tell(send)
        }
    }

    private mutating func step(_ payload: RawSpan, _ send: (RawSpan) -> Void) throws(Refusal) {
        hasProgress = true
        guard let document = try? parser.parse(payload), let name = document.root["event"]?.string else { return }
        if name == "stage" { progress = TaskProgress(document.root["data"]) }
        event.removeAll()
        if grant.makeGuard(runtime.policies, parser) == nil {
            event.append(payload)
        } else {
            try guardTexts(of: document)
        }
        if name == "completed" { result = event.copy() } else { tell(send) }
    }

    private func tell(_ send: (RawSpan) -> Void) { event.withBytes { send($0) } }

    /// How far it has come, if that was told since the last look.
    mutating func takeProgress() -> TaskProgress? {
        defer { progress = nil }
        return progress
    }

    // MARK: Guarding

    /// Makes `event` of a step whose every text passes the guards, as if each were an answer of its own.
    private mutating func guardTexts(of document: JSONDocument) throws(Refusal) {
        var places: [Range<Int>] = []
        var texts: [JSONValue] = []
        func gather(_ value: JSONValue) {
            if value.kind == .string {
                places.append(value.range)
                texts.append(value)
            }
            for member in value.members { gather(member.value) }
            for element in value.elements { gather(element) }
        }
        if let data = document.root["data"] { gather(data) }
        var answer = ByteBuffer()
        answer.appendJSON { writer in
            writer.object { writer in
                writer.array("choices") { choices in
                    for (index, text) in texts.enumerated() {
                        choices.object { choice in
                            choice.member("index", index)
                            choice.object("message") { message in
                                text.withSource { message.member("content", raw: $0) }
                            }
                        }
                    }
                }
            }
        }
        var edits = TextEdits()
        let parser = parser
        let stepGuard = grant.makeGuard(runtime.policies, parser)
        try answer.withBytes { (bytes) throws(Refusal) in
            try stepGuard?.whole(bytes) { passed in
                guard let choices = (try? parser.parse(passed))?.root["choices"] else { return }
                for (place, choice) in zip(places, choices.elements) {
                    guard let text = choice["message"]?["content"] else { continue }
                    edits.replace(place) { output in text.withSource { output.append($0) } }
                }
            }
        }
        edits.write(document, to: &event)
    }

    /// Counts what guards found, once; gives the name of the policy that refused the answer.
    mutating func countFindings() -> String? {
        guard !isCounted else { return nil }
        isCounted = true
        return answerGuard.flatMap { runtime.policies.note($0, &decisions) }
    }

    // MARK: The end

    /// The completion has ended properly: its result as the last event, which is not yet told.
    mutating func finish(_ send: (RawSpan) -> Void) throws(Refusal) -> [UInt8] {
        if let answerGuard { try answerGuard.finish { take($0, send) } }
        if let result { return result }
        var last = ByteBuffer()
        assembler.finish().withBytes { answer in
            last.appendJSON {
                $0.object {
                    $0.member("event", "completed")
                    $0.member("data", raw: answer)
                }
            }
        }
        return last.copy()
    }
}
