/// Messages: the instructions become `system`, the others take turns, each a list of content blocks.
extension AnthropicRequestEncoder {
    mutating func writeSystem(_ writer: inout JSONWriter, _ turns: MessageTurns) {
        let wantsObject = root.present("response_format")?["type"]?.isString("json_object") == true
        writeList("system", &writer) { encoder, blocks in
            encoder.writeInstructions(turns, &blocks)
            if wantsObject {
                blocks.object {
                    $0.member("type", "text")
                    $0.member("text", "Answer with one valid JSON object and nothing else.")
                }
            }
        }
    }

    mutating func write(_ message: JSONValue, _ path: String, isLast: Bool, _ blocks: inout JSONWriter) {
        if message["role"]?.isString("tool") == true { return writeToolResult(message, path, &blocks) }
        guard message["role"]?.isString("assistant") == true else { return writeContent(of: message, path, &blocks) }
        if let thinking = message.present("thinking_blocks") {
            for block in thinking.elements { block.withSource { blocks.element(raw: $0) } }
        }
        // The provider refuses a prompt that ends with blanks on the model's side.
        if isLast, let text = message["content"]?.string {
            writeText(String(text.trimmingEnd), message["cache_control"], &blocks)
        } else {
            writeContent(of: message, path, &blocks)
        }
        writeCalls(of: message, path, &blocks)
    }

    // MARK: Content

    mutating func writePart(
        _ part: JSONValue, of type: JSONValue, _ path: String, _ blocks: inout JSONWriter
    ) -> Bool {
        if type.isString("image_url") {
            writeImage(part, path, &blocks)
        } else if type.isString("file") {
            writeFile(part, path, &blocks)
        } else if encoding.unknown == .pass, !type.isString("input_audio") {
            part.withSource { blocks.element(raw: $0) }
        } else {
            return false
        }
        return true
    }

    /// Empty text is left out: the provider refuses it.
    func writeText(_ text: JSONValue, _ cache: JSONValue?, _ blocks: inout JSONWriter) {
        guard text.isFilledString else { return }
        blocks.object { block in
            block.member("type", "text")
            block.member("text", copying: text)
            Self.write(cache: cache, &block)
        }
    }

    private func writeText(_ text: String, _ cache: JSONValue?, _ blocks: inout JSONWriter) {
        guard !text.isEmpty else { return }
        blocks.object { block in
            block.member("type", "text")
            block.member("text", text)
            Self.write(cache: cache, &block)
        }
    }

    private mutating func writeImage(_ part: JSONValue, _ path: String, _ blocks: inout JSONWriter) {
        guard let url = part["image_url"]?["url"], url.isFilledString else {
            return refusals.invalid("\(path).image_url.url", "an image needs a URL")
        }
        blocks.object { block in
            block.member("type", "image")
            writeSource(url, &block)
            Self.write(cache: part["cache_control"], &block)
        }
    }

    /// A PDF within the request, or a file that the provider has already.
    private mutating func writeFile(_ part: JSONValue, _ path: String, _ blocks: inout JSONWriter) {
        let file = part["file"]
        let data = file?.present("file_data")
        let type = data?.withUTF8 { DataURL($0)?.mediaType }
        guard type == "application/pdf" || data == nil && file?.present("file_id") != nil else {
            return refusals.unsupportedValue("\(path).file", "only PDF files are supported with this model")
        }
        blocks.object { block in
            block.member("type", "document")
            if let data {
                writeSource(data, &block)
            } else if let id = file?.present("file_id") {
                block.object("source") {
                    $0.member("type", "file")
                    $0.member("file_id", copying: id)
                }
            }
            if let name = file?.present("filename") { block.member("title", copying: name) }
            Self.write(cache: part["cache_control"], &block)
        }
    }

    /// `source` of an image or a document: the data of a `data:` URL, or the URL.
    private func writeSource(_ url: JSONValue, _ block: inout JSONWriter) {
        block.object("source") { source in
            _ = url.withUTF8 { text in
                guard let inline = DataURL(text) else {
                    source.member("type", "url")
                    source.member("url", utf8: text)
                    return
                }
                source.member("type", "base64")
                source.member("media_type", inline.mediaType)
                source.member("data", utf8: text.extracting(inline.data))
            }
        }
    }

    static func write(cache: JSONValue?, _ block: inout JSONWriter) {
        guard let cache, cache.kind == .object else { return }
        block.member("cache_control", copying: cache)
    }
}

extension String {
    /// Without white space at the end.
    var trimmingEnd: Substring {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
