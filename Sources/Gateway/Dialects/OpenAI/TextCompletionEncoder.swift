import Upstreams

/// Writes the answer of a chat as a legacy completion (`text_completion`): each choice is its text and its end.
final class TextCompletionEncoder: AnswerEncoder {
    private let parser: JSONParser
    private var completion = ByteBuffer()

    init(_ parser: JSONParser) { self.parser = parser }

    func event(_ payload: RawSpan, to output: inout EventWriter) {
        guard let event = try? parser.parse(payload).root, says(event) else { return }
        write(event, "delta")
        completion.withBytes { output.event($0) }
        completion.removeAll()
    }

    func end(to output: inout EventWriter) { ChatEncoder.standard.end(to: &output) }

    func fail(_ error: APIError, provider: [UInt8]?, to output: inout EventWriter) {
        ChatEncoder.standard.fail(error, provider: provider, to: &output)
    }

    func whole(_ answer: RawSpan, _ send: (RawSpan) -> Void) {
        guard let whole = try? parser.parse(answer).root, whole["choices"]?.kind == .array else { return send(answer) }
        write(whole, "message")
        completion.withBytes { send($0) }
    }

    /// Whether an event is more than the role of who speaks.
    private func says(_ event: JSONValue) -> Bool {
        guard let choices = event["choices"], choices.count > 0 else { return true }
        return choices.elements.contains { choice in
            choice["finish_reason"]?.kind == .string || Self.text(choice["delta"]) != nil
        }
    }

    private func write(_ answer: JSONValue, _ said: StaticString) {
        completion.appendJSON {
            $0.object { writer in
                for member in answer.members where !member.hasKey("choices") && !member.hasKey("object") {
                    writer.key(member.key)
                    member.value.withSource { writer.element(raw: $0) }
                }
                writer.member("object", "text_completion")
                writer.array("choices") { writer in
                    for choice in answer["choices"]?.elements ?? answer.elements {
                        writer.object { Self.write(choice, said, to: &$0) }
                    }
                }
            }
        }
    }

    private static func write(_ choice: JSONValue, _ said: StaticString, to writer: inout JSONWriter) {
        writer.member("index", choice["index"]?.int ?? 0)
        if let text = text(choice[said]) {
            text.withSource { writer.member("text", raw: $0) }
        } else {
            writer.member("text", "")
        }
        writer.member("logprobs", String?.none)
        writer.member("finish_reason", choice["finish_reason"]?.string)
    }

    /// Content, or words of refusal; nil if there is neither.
    private static func text(_ message: JSONValue?) -> JSONValue? {
        [message?["content"], message?["refusal"]].compactMap(\.self).first { $0.utf8Count ?? 0 > 0 }
    }
}
