extension CompletionRequest {
    /// Appends the text of the last user message.
    func appendPrompt(to text: inout ByteBuffer) {
        let root = document.root
        var last: JSONValue?
        for message in (root["messages"] ?? root).elements where message["role"]?.isString("user") == true {
            last = message["content"]
        }
        guard let last else { return }
        if last.withUTF8({ text.append($0) }) != nil { return }
        for part in last.elements { _ = part["text"]?.withUTF8 { text.append($0) } }
    }
}
