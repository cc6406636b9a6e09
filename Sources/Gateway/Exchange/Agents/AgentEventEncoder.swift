import Upstreams

/// Writes what an agent does as JSON: the events of `POST /chat/stream`, the messages of `GET /ws` (API page).
struct AgentEventEncoder {
    /// The two forms.
    enum Form { case stream, socket }

    let form: Form
    let parser: JSONParser

    /// One event. `name` is the stream's; a socket calls all three about tools `tool_call`.
    func event(_ name: StaticString, _ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        var text = ByteBuffer()
        text.appendJSON {
            $0.object { event in
                switch form {
                case .stream:
                    event.member("event_type", name)
                    event.member("timestamp", Self.timestamp)
                    members(&event)
                case .socket:
                    event.member("type", Self.socketName(name))
                    event.object("data", members)
                    event.member("timestamp", Self.timestamp)
                }
            }
        }
        return text
    }

    func chunk(_ text: RawSpan, isComplete: Bool) -> ByteBuffer {
        event("chat_chunk") {
            $0.member("content", utf8: text)
            $0.member("is_complete", isComplete)
        }
    }

    func tool(_ name: StaticString, _ call: AgentToolCall) -> ByteBuffer {
        event(name) {
            $0.key("tool_call")
            call.write(to: &$0, parser)
        }
    }

    func complete(_ outcome: AgentRun.Outcome, _ conversation: ConversationKey) -> ByteBuffer {
        event("chat_complete") {
            $0.member("final_response", outcome.text)
            $0.member("total_tool_calls", outcome.calls.count)
            $0.member("conversation_id", conversation.id)
        }
    }

    func error(_ error: APIError) -> ByteBuffer {
        event("error") {
            $0.member("error_message", error.message)
            $0.member("error_code", error.label)
        }
    }

    /// The whole answer of `POST /chat`.
    func whole(_ outcome: AgentRun.Outcome, _ conversation: ConversationKey) -> ByteBuffer {
        var text = ByteBuffer()
        text.appendJSON {
            $0.object { answer in
                answer.member("response", outcome.text)
                answer.array("tool_calls") { list in for call in outcome.calls { call.write(to: &list, parser) } }
                answer.member("conversation_id", conversation.id)
                answer.member("timestamp", Self.timestamp)
            }
        }
        return text
    }

    private static func socketName(_ name: StaticString) -> StaticString {
        switch name.description {
        case "tool_call_start", "tool_call_complete", "tool_call_error": "tool_call"
        default: name
        }
    }

    private static var timestamp: String {
        var text = ByteBuffer()
        UTCTime.append(WallClock.now, into: &text)
        return String(decoding: text.copy(), as: UTF8.self)
    }
}
