package import Upstreams

/// What a moderation is asked: the text of each of a request's user messages.
package struct ModerationQuestion {
    /// One text for each message that has any, in the order of the messages.
    package let texts: [[UInt8]]

    /// `request`: the whole body of a chat request. Parts of a message are joined by line ends; what is no text is not
    /// asked about.
    package init(_ request: JSONValue) {
        var texts: [[UInt8]] = []
        if let messages = request["messages"] {
            for message in messages.elements where message["role"]?.isString("user") == true {
                let text = Self.text(message)
                if !text.isEmpty { texts.append(text) }
            }
        }
        self.texts = texts
    }

    private static func text(_ message: JSONValue) -> [UInt8] {
        var text: [UInt8] = []
        func add(_ value: JSONValue) {
            _ = value.withUTF8 { utf8 in
                if !text.isEmpty, utf8.byteCount > 0 { text.append(UInt8(ascii: "\n")) }
                text += utf8.copy()
            }
        }
        for member in message.members where member.hasKey("content") {
            add(member.value)
            for part in member.value.elements {
                for member in part.members where member.hasKey("text") { add(member.value) }
            }
        }
        return text
    }

    /// The body of `POST /moderations`; without a model the provider chooses.
    package func body(model: String?) -> ByteBuffer {
        var body = ByteBuffer()
        body.appendJSON {
            $0.object {
                $0.array("input") {
                    for text in texts { unsafe $0.element(utf8: text.span.bytes) }
                }
                if let model { $0.member("model", model) }
            }
        }
        return body
    }
}
