/// Messages: the instructions become `system`, the others take turns, each a list of content blocks.
extension BedrockRequestEncoder {
    mutating func write(_ message: JSONValue, _ path: String, isLast: Bool, _ blocks: inout JSONWriter) {
        if message["role"]?.isString("tool") == true { return writeResult(message, path, &blocks) }
        guard message["role"]?.isString("assistant") == true else { return writeContent(of: message, path, &blocks) }
        for thought in message["thinking_blocks"]?.elements ?? message.elements { writeThought(thought, &blocks) }
        writeContent(of: message, path, &blocks)
        writeCalls(of: message, path, &blocks)
    }

    /// A block of thinking in Anthropic's form, as the decoder has made it.
    private func writeThought(_ thought: JSONValue, _ blocks: inout JSONWriter) {
        let text = thought.present("thinking")
        let redacted = thought.present("data")
        guard text != nil || redacted != nil else { return }
        blocks.object { block in
            block.object("reasoningContent") { content in
                if let redacted { return content.member("redactedContent", copying: redacted) }
                content.object("reasoningText") { reasoning in
                    if let text { reasoning.member("text", copying: text) }
                    if let signature = thought.present("signature") {
                        reasoning.member("signature", copying: signature)
                    }
                }
            }
        }
    }

    // MARK: Content

    func writeText(_ text: JSONValue, _ cache: JSONValue?, _ blocks: inout JSONWriter) {
        guard text.isFilledString else { return }
        blocks.object { $0.member("text", copying: text) }
        Self.write(cache: cache, &blocks)
    }

    mutating func writePart(
        _ part: JSONValue, of type: JSONValue, _ path: String, _ blocks: inout JSONWriter
    ) -> Bool {
        if type.isString("image_url") {
            writeImage(part["image_url"]?["url"], "\(path).image_url.url", &blocks)
        } else if type.isString("file") {
            writeDocument(part["file"]?.present("file_data"), "\(path).file", &blocks)
        } else {
            return false
        }
        Self.write(cache: part["cache_control"], &blocks)
        return true
    }

    /// What stands before this block is kept in the provider's cache.
    static func write(cache: JSONValue?, _ blocks: inout JSONWriter) {
        guard cache?.kind == .object else { return }
        blocks.object { block in block.object("cachePoint") { $0.member("type", "default") } }
    }

    private mutating func writeImage(_ url: JSONValue?, _ path: String, _ blocks: inout JSONWriter) {
        guard let url, let inline = Self.inline(url), inline.mediaType.hasPrefix("image/") else {
            return refusals.unsupportedValue(path, "only 'data:' URLs of images are supported with this model")
        }
        blocks.object { block in
            block.object("image") { image in
                image.member("format", String(inline.mediaType.dropFirst(6)))
                Self.write(url, inline, &image)
            }
        }
    }

    private static let formats = [
        "application/pdf": "pdf", "text/plain": "txt", "text/markdown": "md", "text/html": "html", "text/csv": "csv",
        "application/msword": "doc", "application/vnd.ms-excel": "xls",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    ]

    /// Its name is none of the client's: the provider warns that models read it as instructions.
    private mutating func writeDocument(_ url: JSONValue?, _ path: String, _ blocks: inout JSONWriter) {
        guard let url, let inline = Self.inline(url), let format = Self.formats[inline.mediaType] else {
            return refusals.unsupportedValue(path, "only 'data:' URLs of documents are supported with this model")
        }
        documents += 1
        let name = "document-\(documents)"
        blocks.object { block in
            block.object("document") { document in
                document.member("format", format)
                document.member("name", name)
                Self.write(url, inline, &document)
            }
        }
    }

    private static func inline(_ url: JSONValue) -> DataURL? { url.withUTF8 { DataURL($0) } ?? nil }

    private static func write(_ url: JSONValue, _ inline: DataURL, _ media: inout JSONWriter) {
        media.object("source") { source in
            _ = url.withUTF8 { source.member("bytes", utf8: $0.extracting(inline.data)) }
        }
    }
}
