import Upstreams

/// Contents of items as contents of messages.
extension ResponsesDecoder {
    /// `content` of a message with these texts: one of them is plain text, several are parts.
    static func write(texts: [JSONValue], _ message: inout JSONWriter) {
        if let text = texts.first, texts.count == 1 { return message.member("content", copying: text) }
        message.array("content") { parts in
            for text in texts { write(text: text, &parts) }
        }
    }

    /// `isUser`: it may hold more than text.
    mutating func writeContent(_ content: JSONValue, _ path: String, isUser: Bool, _ message: inout JSONWriter) {
        if content.kind == .string { return message.member("content", copying: content) }
        if content.count == 1, let text = content.elements.first(where: { _ in true }).flatMap(Self.text) {
            return message.member("content", copying: text)
        }
        message.array("content") { parts in
            for (number, part) in content.elements.enumerated() {
                writePart(part, "\(path)[\(number)]", isUser: isUser, &parts)
            }
        }
    }

    /// What the assistant said.
    mutating func addSpeech(_ content: JSONValue, _ path: String, _ turn: inout AssistantTurn) {
        if content.kind == .string { return turn.add(text: content) }
        for (number, part) in content.elements.enumerated() {
            if let text = Self.text(part) {
                turn.add(text: text)
            } else if part["type"]?.isString("refusal") == true, let words = part["refusal"], words.kind == .string {
                turn.add(refusal: words)
            } else {
                refuse(
                    "\(path)[\(number)]", "must be a part of type 'output_text' or 'refusal'.", code: "invalid_value")
            }
        }
    }

    /// The text of a part that is one.
    private static func text(_ part: JSONValue) -> JSONValue? {
        guard let type = part["type"], type.isString("input_text") || type.isString("output_text"),
            let text = part["text"], text.kind == .string
        else { return nil }
        return text
    }

    private static func write(text: JSONValue, _ parts: inout JSONWriter) {
        parts.object { part in
            part.member("type", "text")
            part.member("text", copying: text)
        }
    }

    private mutating func writePart(_ part: JSONValue, _ path: String, isUser: Bool, _ parts: inout JSONWriter) {
        if let text = Self.text(part) { return Self.write(text: text, &parts) }
        guard let type = part["type"] else { return refuseMissing("\(path).type") }
        if isUser, type.isString("input_image") {
            writeImage(part, path, &parts)
        } else if isUser, type.isString("input_file") {
            writeFile(part, path, &parts)
        } else if isUser, type.isString("input_audio"), part["input_audio"]?.kind == .object {
            part.withSource { parts.element(raw: $0) }
        } else {
            refuse(
                path, isUser ? "must be a text, an image, a file or audio." : "must be a part of type 'input_text'.",
                code: "invalid_value")
        }
    }

    private mutating func writeImage(_ part: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        guard let url = part.present("image_url"), url.isFilledString else {
            return refuseUnsupported("\(path).image_url", "must be an address: images by file id are not supported.")
        }
        parts.object { entry in
            entry.member("type", "image_url")
            entry.object("image_url") { image in
                image.member("url", copying: url)
                if let detail = part.present("detail") { image.member("detail", copying: detail) }
            }
        }
    }

    private mutating func writeFile(_ part: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        guard part.present("file_data") != nil || part.present("file_id") != nil else {
            return refuseUnsupported(
                "\(path).file_data", "must hold the file: files by address are not supported for this model.")
        }
        parts.object { entry in
            entry.member("type", "file")
            entry.object("file") { file in
                for key: StaticString in ["filename", "file_data", "file_id"] {
                    if let value = part.present(key) { file.member(key, copying: value) }
                }
            }
        }
    }
}
