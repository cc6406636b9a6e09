/// A canned reply of the echo model.
package struct ScriptedReply: Sendable {
    /// Text that the last message must hold; empty text fits every message.
    package let match: String
    package let reply: String

    package init(_ r: ConfigReader) {
        match = r.required(
            "match", .text, example: .string("weather"),
            doc: "Text that the last message must hold; empty text fits every message.")
        reply = r.required("reply", .text, example: .string("It is sunny."), doc: "The answer.")
    }
}
