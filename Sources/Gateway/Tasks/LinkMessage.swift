import Upstreams

/// An answer that is a link to a task's page, for models with `"deliver": "link"` (API page, task dialect).
struct LinkMessage {
    private let ticket: TaskTicket
    private let id: String

    init(_ ticket: TaskTicket, requestID: String) {
        self.ticket = ticket
        id = "chatcmpl-\(requestID)"
    }

    private var text: String { "This takes a while. Watch it, and find the result, at \(ticket.pageURL)" }

    /// A `chat.completion`.
    var whole: ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { writer in
            writer.object { writer in
                writeHead("chat.completion", to: &writer)
                writer.array("choices") { choices in
                    choices.object { choice in
                        choice.member("index", 0)
                        choice.object("message") {
                            $0.member("role", "assistant")
                            $0.member("content", text)
                            $0.member("refusal", String?.none)
                        }
                        choice.member("logprobs", String?.none)
                        choice.member("finish_reason", "stop")
                    }
                }
                writer.object("usage") {
                    $0.member("prompt_tokens", 0)
                    $0.member("completion_tokens", 0)
                    $0.member("total_tokens", 0)
                }
                writer.object("task") { ticket.write(to: &$0) }
            }
        }
        return body
    }

    /// The same as `chat.completion.chunk`s.
    var events: [[UInt8]] {
        [
            event(finish: nil) {
                $0.member("role", "assistant")
                $0.member("content", text)
            },
            event(finish: "stop") { _ in },
        ]
    }

    private func event(finish: String?, _ delta: (inout JSONWriter) -> Void) -> [UInt8] {
        var event = ByteBuffer()
        event.appendJSON { writer in
            writer.object { writer in
                writeHead("chat.completion.chunk", to: &writer)
                writer.array("choices") { choices in
                    choices.object { choice in
                        choice.member("index", 0)
                        choice.object("delta", delta)
                        choice.member("logprobs", String?.none)
                        choice.member("finish_reason", finish)
                    }
                }
                writer.object("task") { ticket.write(to: &$0) }
            }
        }
        return event.copy()
    }

    private func writeHead(_ object: StaticString, to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("object", object)
        writer.member("created", ticket.time)
        writer.member("model", ticket.model)
    }
}
