/// Messages: the instructions become `systemInstruction`, the others take turns, each a list of parts.
extension GeminiRequestEncoder {
    mutating func writeInstruction(_ writer: inout JSONWriter, _ turns: MessageTurns) {
        var parts = ByteBuffer()
        parts.appendJSON { list in
            list.array { list in
                for (place, message) in turns.instructions { writeContent(of: message, "messages[\(place)]", &list) }
            }
        }
        guard parts.count > 2 else { return }
        writer.object("systemInstruction") { instruction in
            parts.withBytes { instruction.member("parts", raw: $0) }
        }
    }

    mutating func writeContents(_ writer: inout JSONWriter, _ turns: MessageTurns) {
        writer.array("contents") { contents in
            for turn in turns.turns {
                var parts = ByteBuffer()
                parts.appendJSON { list in
                    list.array { list in
                        for (place, message) in turn.messages { write(message, place, &list) }
                    }
                }
                // The provider takes no turn without parts.
                guard parts.count > 2 else { continue }
                contents.object { content in
                    content.member("role", turn.isAssistant ? "model" : "user")
                    parts.withBytes { content.member("parts", raw: $0) }
                }
            }
        }
    }

    private mutating func write(_ message: JSONValue, _ place: Int, _ parts: inout JSONWriter) {
        let path = "messages[\(place)]"
        if message["role"]?.isString("tool") == true { return writeResult(message, path, &parts) }
        writeContent(of: message, path, &parts)
        guard message["role"]?.isString("assistant") == true else { return }
        if message.present("function_call") != nil {
            refusals.unsupported("\(path).function_call", "'function_call' is not supported; use 'tool_calls'")
        }
        guard let calls = message.present("tool_calls") else { return }
        for (number, call) in calls.elements.enumerated() { writeCall(call, "\(path).tool_calls[\(number)]", &parts) }
    }

    // MARK: Content

    private mutating func writeContent(of message: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        guard let content = message.present("content") else { return }
        switch content.kind {
        case .string: writeText(content, &parts)
        case .array:
            for (number, part) in content.elements.enumerated() {
                writePart(part, "\(path).content[\(number)]", &parts)
            }
        default: refusals.invalid("\(path).content", "'content' must be a string or an array of parts")
        }
    }

    private mutating func writePart(_ part: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        guard let type = part["type"] else { return refusals.invalid("\(path).type", "a part must have a 'type'") }
        if type.isString("text"), let text = part["text"] {
            writeText(text, &parts)
        } else if type.isString("refusal"), let text = part["refusal"] {
            writeText(text, &parts)
        } else if type.isString("image_url") {
            writeMedia(part["image_url"]?["url"], "\(path).image_url.url", &parts)
        } else if type.isString("file") {
            let file = part["file"]
            writeMedia(file?.present("file_data") ?? file?.present("file_id"), "\(path).file", &parts)
        } else if type.isString("input_audio") {
            writeAudio(part["input_audio"], "\(path).input_audio", &parts)
        } else {
            refusals.unsupportedValue("\(path).type", "parts of this type are not supported with this model")
        }
    }

    private func writeText(_ text: JSONValue, _ parts: inout JSONWriter) {
        guard text.isFilledString else { return }
        parts.object { $0.member("text", copying: text) }
    }

    /// The data of a `data:` URL, or a URL that the provider fetches itself.
    private mutating func writeMedia(_ url: JSONValue?, _ path: String, _ parts: inout JSONWriter) {
        guard let url, url.isFilledString else { return refusals.invalid(path, "a URL is needed") }
        parts.object { part in
            _ = url.withUTF8 { text in
                guard let inline = DataURL(text) else {
                    return part.object("fileData") { $0.member("fileUri", utf8: text) }
                }
                part.object("inlineData") {
                    $0.member("mimeType", inline.mediaType)
                    $0.member("data", utf8: text.extracting(inline.data))
                }
            }
        }
    }

    private mutating func writeAudio(_ audio: JSONValue?, _ path: String, _ parts: inout JSONWriter) {
        guard let audio, let format = audio["format"]?.string, let data = audio["data"], data.isFilledString else {
            return refusals.invalid(path, "audio needs 'data' and 'format'")
        }
        parts.object { part in
            part.object("inlineData") {
                $0.member("mimeType", "audio/\(format)")
                $0.member("data", copying: data)
            }
        }
    }
}
