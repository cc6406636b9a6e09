import Upstreams

/// The events of the agent dialect. The mark of success is `chat_complete`.
struct AgentForm: ChatForm {
    private static let longestResult = 300

    func event(_ root: JSONValue?, type: String, _ show: (ChatPiece) -> Void) -> ChatEnding? {
        guard let root else { return nil }
        let call = root["tool_call"]
        let name = call?["name"]?.string ?? "?"
        switch root["event_type"]?.string {
        case "chat_chunk":
            if let text = root["content"]?.string, !text.isEmpty { show(.text(text)) }
        case "tool_call_start":
            show(.note("tool call \(name) \(Self.source(of: call?["arguments"]))"))
        case "tool_call_complete":
            show(.note("tool \(name) gave \(Self.source(of: call?["result"]))"))
        case "tool_call_error":
            show(.note("tool \(name) failed: \(Self.source(of: call?["error"]))"))
        case "chat_complete":
            return .whole
        case "error":
            let message = root["error_message"]?.string ?? "The gateway told an error without a message."
            let isTimeout = root["error_code"]?.string?.hasSuffix("timeout") == true
            return isTimeout ? .timeout(message) : .failed(message)
        default:
            break
        }
        return nil
    }

    /// A string as it is, anything else as JSON; shortened.
    private static func source(of value: JSONValue?) -> String {
        guard let value else { return "" }
        let text = value.string ?? value.withSource { ClientText.string($0) }
        return text.count > longestResult ? text.prefix(longestResult) + "…" : text
    }
}
