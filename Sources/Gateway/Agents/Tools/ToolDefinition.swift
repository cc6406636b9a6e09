import Upstreams

/// A tool as a model is told of it (OpenAI's API reference, function tools).
struct ToolDefinition: Sendable {
    /// Up to 64 letters, digits, `_` and `-`.
    let name: String
    let description: String
    /// A JSON Schema, as text.
    let parameters: [UInt8]

    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("type", "function")
            $0.object("function") { function in
                function.member("name", name)
                if !description.isEmpty { function.member("description", description) }
                unsafe function.member("parameters", raw: parameters.span.bytes)
            }
        }
    }

    /// Whether models take it for a name.
    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
