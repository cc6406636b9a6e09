/// The body that submits a job: a JSON value whose strings have places for what is asked.
///
/// `{prompt}` is the text of the last user message, `{model}` the target's name, `{request_id}` the request's; any other
/// name is a member of the request. A string that is nothing but one place becomes the member's own value, and is left
/// out with its key where the request has none; within a longer text that is nothing.
struct HTTPTaskBody {
    let template: JSONValue

    func filled(for request: CompletionRequest, model: String) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON { Filling(request: request, model: model).write(template, &$0) }
        return body
    }

    /// One request's values on their way into the template.
    private struct Filling {
        let request: CompletionRequest
        let model: String

        func write(_ value: JSONValue, _ writer: inout JSONWriter) {
            switch value.kind {
            case .object: writer.object { writeMembers(value, &$0) }
            case .array:
                writer.array { array in
                    for element in value.elements where !isLeftOut(element) { write(element, &array) }
                }
            case .string: write(ArgumentText(value.string ?? ""), &writer)
            case .number, .bool, .null: value.withSource { writer.element(raw: $0) }
            }
        }

        private func writeMembers(_ object: JSONValue, _ writer: inout JSONWriter) {
            for member in object.members where !isLeftOut(member.value) {
                writer.key(member.key)
                write(member.value, &writer)
            }
        }

        private func write(_ text: ArgumentText, _ writer: inout JSONWriter) {
            if let name = text.onlyName, let value = value(name) {
                return value.withSource { writer.element(raw: $0) }
            }
            var filled = ByteBuffer()
            for piece in text.pieces {
                switch piece {
                case .text(let text): filled.append(text)
                case .argument(let name): append(name, to: &filled)
                }
            }
            filled.withBytes { writer.element(utf8: $0) }
        }

        private func append(_ name: String, to text: inout ByteBuffer) {
            switch name {
            case "prompt": request.appendPrompt(to: &text)
            case "model": text.append(model)
            case "request_id": text.append(request.requestID)
            default:
                guard let value = value(name) else { return }
                if value.withUTF8({ text.append($0) }) == nil { value.withSource { text.append($0) } }
            }
        }

        private func isLeftOut(_ value: JSONValue) -> Bool {
            guard let name = value.string.flatMap({ ArgumentText($0).onlyName }) else { return false }
            return !Self.own.contains(name) && self.value(name) == nil
        }

        private func value(_ name: String) -> JSONValue? {
            guard !Self.own.contains(name), let value = request.document.root[named: name] else { return nil }
            return value.isNull ? nil : value
        }

        private static let own = ["prompt", "model", "request_id"]
    }
}

extension ArgumentText {
    /// The name, if the text is nothing but its place.
    fileprivate var onlyName: String? {
        if pieces.count == 1, case .argument(let name) = pieces[0] { name } else { nil }
    }
}
