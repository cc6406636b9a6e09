/// A local model that answers with the last user message, or with canned replies.
package struct EchoUpstreamConfiguration: Sendable {
    /// How much of the answer one event carries.
    package enum Chunk: String, CaseIterable, Sendable {
        case char
        case word
        case line
        /// The answer in one event.
        case whole
    }

    /// Default word.
    package let chunk: Chunk
    /// Milliseconds before the first event. Default 0.
    package let firstEventMs: Int
    /// Milliseconds between events. Default 0.
    package let gapMs: Int
    /// Events after which a stream breaks off; nil (default): never.
    package let failAfter: Int?
    /// HTTP status of an error, 400 to 599, that answers every call; nil (default): calls succeed.
    package let status: Int?
    /// The first entry that fits gives the reply; when none does, the last user message is the reply. Default: empty.
    package let script: [ScriptedReply]

    package init(_ r: ConfigReader) {
        chunk = r.value("chunk", .choice(.word), default: .word, doc: "How much of the answer one event carries.")
        firstEventMs = r.milliseconds(
            "first_event_ms", default: 0, in: 0...3_600_000, doc: "Time before the first event.")
        gapMs = r.milliseconds("gap_ms", default: 0, in: 0...3_600_000, doc: "Time between events.")
        failAfter = r.optional(
            "fail_after", .int(in: 0...1_000_000, unit: .events), example: .integer(3),
            doc: "Events after which a stream breaks off; without it never.")
        status = r.optional(
            "status", .int(in: 400...599, unit: .count), example: .integer(503),
            doc: "HTTP status of an error that answers every call; without it calls succeed.")
        script = r.value(
            "script", .list(of: .object(ScriptedReply.init)), default: [],
            doc: "Canned replies; the first that fits is given.")
    }
}
