import Upstreams

/// A kind of text in an item, with the names that the Responses API has for it.
enum ResponsePart {
    case text, refusal, reasoning

    var type: StaticString {
        switch self {
        case .text: "output_text"
        case .refusal: "refusal"
        case .reasoning: "reasoning_text"
        }
    }

    /// The member that holds the text.
    var key: StaticString { self == .refusal ? "refusal" : "text" }

    var delta: StaticString {
        switch self {
        case .text: "response.output_text.delta"
        case .refusal: "response.refusal.delta"
        case .reasoning: "response.reasoning_text.delta"
        }
    }

    var done: StaticString {
        switch self {
        case .text: "response.output_text.done"
        case .refusal: "response.refusal.done"
        case .reasoning: "response.reasoning_text.done"
        }
    }

    /// The members of the part. `writeText` writes a JSON string.
    func write(to writer: inout JSONWriter, _ writeText: (inout JSONWriter) -> Void) {
        writer.member("type", type)
        writer.key(key)
        writeText(&writer)
        guard self == .text else { return }
        writer.array("annotations") { _ in }
        writer.array("logprobs") { _ in }
    }
}
