/// One completion in the form of OpenAI's API, as chunks of a stream or whole (OpenAI API reference, "The chat completion
/// object").
///
/// Has the members that are the same in all of them, and writes what surrounds the words; those are the caller's.
package struct ChatObject: Sendable {
    package var id: String
    package var model: String
    /// Seconds since 1970.
    private let created: Int
    private let fingerprint: String?

    package init(id: String, model: String, created: Int, fingerprint: String? = nil) {
        self.id = id
        self.model = model
        self.created = created
        self.fingerprint = fingerprint
    }

    /// A chunk with one choice. `beside`: members behind the choices.
    package func writeChunk(
        choice index: Int = 0, finish: String? = nil, to buffer: inout ByteBuffer,
        beside members: (inout JSONWriter) -> Void = { _ in }, delta: (inout JSONWriter) -> Void
    ) {
        write("chat.completion.chunk", to: &buffer) { writer in
            writer.array("choices") { $0.object { Self.write(index, "delta", delta, finish, to: &$0) } }
            members(&writer)
        }
    }

    /// The chunk behind the last choice. `members`: the usage.
    package func writeLastChunk(to buffer: inout ByteBuffer, _ members: (inout JSONWriter) -> Void) {
        write("chat.completion.chunk", to: &buffer) { writer in
            writer.array("choices") { _ in }
            members(&writer)
        }
    }

    /// The whole answer, with so many choices that say the same. `beside`: members behind them.
    package func writeWhole(
        choices count: Int = 1, finish: String, to buffer: inout ByteBuffer, beside members: (inout JSONWriter) -> Void,
        message: (inout JSONWriter) -> Void
    ) {
        write("chat.completion", to: &buffer) { writer in
            writer.array("choices") { list in
                for index in 0..<count { list.object { Self.write(index, "message", message, finish, to: &$0) } }
            }
            members(&writer)
        }
    }

    private static func write(
        _ index: Int, _ key: StaticString, _ words: (inout JSONWriter) -> Void, _ finish: String?,
        to choice: inout JSONWriter
    ) {
        choice.member("index", index)
        choice.object(key, words)
        choice.member("logprobs", String?.none)
        choice.member("finish_reason", finish)
    }

    private func write(_ object: StaticString, to buffer: inout ByteBuffer, _ body: (inout JSONWriter) -> Void) {
        buffer.appendJSON { writer in
            writer.object { writer in
                writer.member("id", id)
                writer.member("object", object)
                writer.member("created", created)
                writer.member("model", model)
                if let fingerprint { writer.member("system_fingerprint", fingerprint) }
                body(&writer)
            }
        }
    }
}

extension JSONWriter {
    /// The delta that a stream begins with.
    package mutating func assistantRole(_ content: String = "") {
        member("role", "assistant")
        member("content", content)
    }
}
