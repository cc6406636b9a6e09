import Upstreams

/// Writes the canonical events as they are, one server-sent event each, and `[DONE]` behind the last.
final class ChatEncoder: AnswerEncoder, Sendable {
    private let hasDoneMarker: Bool

    /// As OpenAI's clients expect it.
    static let standard = ChatEncoder(hasDoneMarker: true)

    init(hasDoneMarker: Bool) { self.hasDoneMarker = hasDoneMarker }

    @inline(__always)
    func event(_ payload: RawSpan, to output: inout EventWriter) { output.event(payload) }

    func end(to output: inout EventWriter) {
        if hasDoneMarker { output.event("[DONE]") }
    }

    /// One error event, and no `[DONE]`.
    func fail(_ error: APIError, provider: [UInt8]?, to output: inout EventWriter) {
        var event = ByteBuffer()
        if let provider { event.append(provider) } else { error.write(to: &event) }
        event.withBytes { output.event($0) }
    }
}
