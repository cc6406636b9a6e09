import Upstreams

/// OpenAI's chunks, of the dialects `openai` and `ask`.
///
/// The mark of success is `[DONE]`. Where a gateway may be told to leave that out (`ask`), a finish reason and the
/// proper end of the body are one as well.
struct CompletionForm: ChatForm {
    private struct ToolCall {
        var name = ""
        var arguments = ""
    }

    let needsDone: Bool
    private var hasFinished = false
    private var calls: [Int: ToolCall] = [:]

    init(needsDone: Bool) { self.needsDone = needsDone }

    mutating func event(_ root: JSONValue?, type: String, _ show: (ChatPiece) -> Void) -> ChatEnding? {
        guard let root else {
            showCalls(show)
            return .whole
        }
        for choice in (root["choices"] ?? root).elements where (choice["index"]?.int ?? 0) == 0 {
            if let delta = choice["delta"] { read(delta, show) }
            guard let reason = choice["finish_reason"]?.string else { continue }
            hasFinished = true
            showCalls(show)
            if reason == "length" { show(.note("The model stopped at its limit of tokens.")) }
            if reason == "content_filter" { show(.note("The provider's filter stopped the answer.")) }
        }
        return nil
    }

    func end() -> ChatEnding {
        !needsDone && hasFinished ? .whole : .cut("the stream ended without [DONE]")
    }

    private mutating func read(_ delta: JSONValue, _ show: (ChatPiece) -> Void) {
        for text in [delta["content"]?.string, delta["refusal"]?.string] {
            if let text, !text.isEmpty { show(.text(text)) }
        }
        guard let pieces = delta["tool_calls"] else { return }
        for piece in pieces.elements {
            let index = piece["index"]?.int ?? 0
            var call = calls[index] ?? ToolCall()
            call.name += piece["function"]?["name"]?.string ?? ""
            call.arguments += piece["function"]?["arguments"]?.string ?? ""
            calls[index] = call
        }
    }

    /// Calls are shown once they are complete.
    private mutating func showCalls(_ show: (ChatPiece) -> Void) {
        for (_, call) in calls.sorted(by: { $0.key < $1.key }) {
            show(.note("tool call \(call.name) \(call.arguments)"))
        }
        calls.removeAll()
    }
}
