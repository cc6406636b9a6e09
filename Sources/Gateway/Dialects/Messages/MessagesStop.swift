import Upstreams

/// Why a model stopped, in the Messages API's words.
struct MessagesStop: Sendable {
    private let reason: StaticString
    /// Told by providers such as vLLM, which name the text beside the reason.
    private let sequence: String?

    /// The model had said all that it had to say.
    static let end = MessagesStop()

    private init() {
        reason = "end_turn"
        sequence = nil
    }

    /// `choice`: of a chunk or an answer with a finish reason. `hasCalls`: tools were called, whatever it says.
    init(_ choice: JSONValue, hasCalls: Bool) {
        let finish = choice["finish_reason"]
        sequence = finish?.isString("stop") == true ? choice["stop_reason"]?.string : nil
        if finish?.isString("length") == true {
            reason = "max_tokens"
        } else if finish?.isString("content_filter") == true {
            reason = "refusal"
        } else if hasCalls {
            reason = "tool_use"
        } else {
            reason = sequence == nil ? "end_turn" : "stop_sequence"
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member("stop_reason", reason)
        writer.member("stop_sequence", sequence)
    }
}
