import Upstreams

/// A whole answer as a `response` object, made of a `chat.completion`.
struct ResponseAnswer {
    private let root: JSONValue
    private let settings: ResponseSettings
    private let head: ResponseHead

    init(_ root: JSONValue, _ settings: ResponseSettings) {
        self.root = root
        self.settings = settings
        head = ResponseHead(root, settings)
    }

    func write(to body: inout ByteBuffer) {
        let choice = root["choices"]?.elements.first(where: \.isFirstChoice)
        let status = ResponseStatus(finish: choice?["finish_reason"])
        var usage = ResponseUsage()
        usage.take(root["usage"])
        body.appendJSON { writer in
            writer.object { writer in
                head.write(status, usage, settings, to: &writer) { output in
                    if let message = choice?.present("message") { write(message, status.ofLastItem, &output) }
                }
            }
        }
    }

    private func write(_ message: JSONValue, _ status: StaticString, _ output: inout JSONWriter) {
        var place = 0
        if let text = message["reasoning_content"] ?? message["reasoning"], text.isFilledString {
            write(.reasoning, place, "completed", &output) { Self.write(.reasoning, text, &$0) }
            place += 1
        }
        let texts: [(ResponsePart, JSONValue?)] = [(.text, message["content"]), (.refusal, message["refusal"])]
        if texts.contains(where: { $0.1?.isFilledString == true }) {
            write(.message, place, status, &output) { content in
                for case (let part, let text?) in texts where text.isFilledString { Self.write(part, text, &content) }
            }
            place += 1
        }
        var number = 0
        for call in message["tool_calls"]?.elements ?? message.elements {
            number += 1
            write(ResponseItem(call: call, index: number, number: number), place, status, &output) { writer in
                if let arguments = call["function"]?["arguments"], arguments.kind == .string {
                    arguments.withSource { writer.element(raw: $0) }
                } else {
                    writer.element("")
                }
            }
            place += 1
        }
    }

    private func write(
        _ item: ResponseItem, _ place: Int, _ status: StaticString, _ output: inout JSONWriter,
        _ content: (inout JSONWriter) -> Void
    ) {
        output.object { item.write(id: head.item(item.prefix, place), status: status, to: &$0, content) }
    }

    private static func write(_ part: ResponsePart, _ text: JSONValue, _ content: inout JSONWriter) {
        content.object { entry in
            part.write(to: &entry) { writer in text.withSource { writer.element(raw: $0) } }
        }
    }
}
