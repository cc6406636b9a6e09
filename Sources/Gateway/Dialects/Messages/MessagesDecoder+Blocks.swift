import Upstreams

/// Content blocks as parts of a message.
extension MessagesDecoder {
    /// `content` of a message with these texts: one of them is plain text, several are parts.
    static func write(texts: [JSONValue], _ message: inout JSONWriter) {
        if let text = texts.first, texts.count == 1 { return message.member("content", copying: text) }
        if texts.isEmpty { return message.member("content", "") }
        message.array("content") { parts in
            for text in texts { write(text: text, nil, &parts) }
        }
    }

    /// `content` of a message that may hold nothing but text.
    mutating func writeTexts(_ blocks: JSONValue, _ path: String, _ message: inout JSONWriter) {
        message.array("content") { parts in
            for (number, block) in blocks.elements.enumerated() {
                guard block["type"]?.isString("text") == true, let text = block["text"], text.kind == .string else {
                    refuse("\(path).\(number)", "must be a text block.")
                    continue
                }
                Self.write(text: text, block, &parts)
            }
        }
    }

    mutating func writePart(_ block: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        guard let type = block["type"] else { return refuse("\(path).type", "Field required.") }
        if type.isString("text"), let text = block["text"], text.kind == .string {
            Self.write(text: text, block, &parts)
        } else if type.isString("image") {
            writeImage(block, path, &parts)
        } else if type.isString("document") {
            writeDocument(block, path, &parts)
        } else {
            refuseUnsupported(path, "Blocks of this type in a message of the user are")
        }
    }

    /// `block`: what may carry `cache_control`.
    static func write(cache block: JSONValue?, _ writer: inout JSONWriter) {
        if let cache = block?.present("cache_control") { writer.member("cache_control", copying: cache) }
    }

    private static func write(text: JSONValue, _ block: JSONValue?, _ parts: inout JSONWriter) {
        parts.object { part in
            part.member("type", "text")
            part.member("text", copying: text)
            write(cache: block, &part)
        }
    }

    // MARK: Media

    private mutating func writeImage(_ block: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        guard let source = block["source"], let url = Self.dataURL(source) ?? Self.url(source) else {
            return refuseUnsupported("\(path).source", "Images must be of type 'base64' or 'url'; others are")
        }
        parts.object { part in
            part.member("type", "image_url")
            part.object("image_url") { image in url.withBytes { image.member("url", utf8: $0) } }
            Self.write(cache: block, &part)
        }
    }

    private mutating func writeDocument(_ block: JSONValue, _ path: String, _ parts: inout JSONWriter) {
        let source = block["source"]
        if source?["type"]?.isString("text") == true, let text = source?["data"], text.kind == .string {
            Self.write(text: text, block, &parts)
        } else if source?["type"]?.isString("content") == true, let content = source?["content"] {
            if content.kind == .string { return Self.write(text: content, block, &parts) }
            for (number, inner) in content.elements.enumerated() {
                writePart(inner, "\(path).source.content.\(number)", &parts)
            }
        } else if let source, let data = Self.dataURL(source) {
            parts.object { part in
                part.member("type", "file")
                part.object("file") { file in
                    if let title = block.present("title") {
                        file.member("filename", copying: title)
                    } else {
                        file.member("filename", "document.pdf")
                    }
                    data.withBytes { file.member("file_data", utf8: $0) }
                }
                Self.write(cache: block, &part)
            }
        } else {
            refuseUnsupported("\(path).source", "Documents must be of type 'base64', 'text' or 'content'; others are")
        }
    }

    /// The `data:` URL of a source with its data inside.
    private static func dataURL(_ source: JSONValue) -> ByteBuffer? {
        guard source["type"]?.isString("base64") == true, let type = source["media_type"], let data = source["data"],
            type.isFilledString, data.kind == .string
        else { return nil }
        var url = ByteBuffer()
        url.append("data:")
        _ = type.withUTF8 { url.append($0) }
        url.append(";base64,")
        _ = data.withUTF8 { url.append($0) }
        return url
    }

    private static func url(_ source: JSONValue) -> ByteBuffer? {
        guard source["type"]?.isString("url") == true, let text = source["url"], text.isFilledString else { return nil }
        var url = ByteBuffer()
        _ = text.withUTF8 { url.append($0) }
        return url
    }
}
