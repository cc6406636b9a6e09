/// Messages: the instructions become `systemInstruction`, the others take turns, each a list of parts.
extension GeminiRequestEncoder {
    mutating func writeInstruction(_ writer: inout JSONWriter, _ turns: MessageTurns) {
        let parts = list { $0.writeInstructions(turns, &$1) }
        guard parts.count > 2 else { return }
        writer.object("systemInstruction") { instruction in
            parts.withBytes { instruction.member("parts", raw: $0) }
        }
    }

    mutating func write(_ message: JSONValue, _ path: String, isLast: Bool, _ parts: inout JSONWriter) {
        if message["role"]?.isString("tool") == true { return writeResult(message, path, &parts) }
        writeContent(of: message, path, &parts)
        if message["role"]?.isString("assistant") == true { writeCalls(of: message, path, &parts) }
    }

    // MARK: Content

    mutating func writePart(
        _ part: JSONValue, of type: JSONValue, _ path: String, _ parts: inout JSONWriter
    ) -> Bool {
        if type.isString("image_url") {
            writeMedia(part["image_url"]?["url"], "\(path).image_url.url", &parts)
        } else if type.isString("file") {
            let file = part["file"]
            writeMedia(file?.present("file_data") ?? file?.present("file_id"), "\(path).file", &parts)
        } else if type.isString("input_audio") {
            writeAudio(part["input_audio"], "\(path).input_audio", &parts)
        } else {
            return false
        }
        return true
    }

    func writeText(_ text: JSONValue, _ cache: JSONValue?, _ parts: inout JSONWriter) {
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
