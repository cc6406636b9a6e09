import Upstreams

/// An answer that is a link to a task's page, for models with `"deliver": "link"` (API page, task dialect).
struct LinkMessage {
    private let ticket: TaskTicket
    private let object: ChatObject

    init(_ ticket: TaskTicket, requestID: String) {
        self.ticket = ticket
        object = ChatObject(id: "chatcmpl-\(requestID)", model: ticket.model, created: ticket.time)
    }

    private var text: String { "This takes a while. Watch it, and find the result, at \(ticket.pageURL)" }

    /// A `chat.completion`.
    var whole: ByteBuffer {
        var body = ByteBuffer()
        object.writeWhole(finish: "stop", to: &body) {
            $0.object("usage") {
                $0.member("prompt_tokens", 0)
                $0.member("completion_tokens", 0)
                $0.member("total_tokens", 0)
            }
            writeTask(to: &$0)
        } message: {
            $0.assistantRole(text)
            $0.member("refusal", String?.none)
        }
        return body
    }

    /// The same as `chat.completion.chunk`s.
    var events: [[UInt8]] { [event(finish: nil) { $0.assistantRole(text) }, event(finish: "stop") { _ in }] }

    private func event(finish: String?, _ delta: (inout JSONWriter) -> Void) -> [UInt8] {
        var event = ByteBuffer()
        object.writeChunk(finish: finish, to: &event, beside: { writeTask(to: &$0) }, delta: delta)
        return event.copy()
    }

    private func writeTask(to writer: inout JSONWriter) {
        writer.object("task") { ticket.write(to: &$0) }
    }
}
