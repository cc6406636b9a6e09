/// Members of Anthropic's API that canonical requests of its clients hold beside OpenAI's: `thinking`, and
/// `thinking_blocks`, `cache_control` and `is_error` in messages, parts, calls and tools.
enum AnthropicMembers {
    /// Of messages, and of what they and the tools are made of.
    private static let inner: [StaticString] = ["thinking_blocks", "cache_control", "is_error"]

    /// A request without them, for this model; every other value is written as it was.
    static func write(_ root: JSONValue, model: String, to body: inout ByteBuffer) {
        body.appendJSON { writer in
            writer.object { writer in
                for member in root.members where !member.hasKey("thinking") {
                    writer.key(member.key)
                    if member.hasKey("model") {
                        writer.element(model)
                    } else if member.hasKey("messages") || member.hasKey("tools") {
                        copyElements(of: member.value, &writer)
                    } else {
                        member.value.withSource { writer.element(raw: $0) }
                    }
                }
            }
        }
    }

    /// An array of objects that may hold such members, or anything else, which is copied.
    private static func copyElements(of array: JSONValue, _ writer: inout JSONWriter) {
        guard array.kind == .array else { return array.withSource { writer.element(raw: $0) } }
        writer.array { list in
            for element in array.elements { copy(element, &list) }
        }
    }

    private static func copy(_ element: JSONValue, _ writer: inout JSONWriter) {
        guard element.kind == .object else { return element.withSource { writer.element(raw: $0) } }
        writer.object { writer in
            for member in element.members where !inner.contains(where: member.hasKey) {
                writer.key(member.key)
                if member.hasKey("content") || member.hasKey("tool_calls") {
                    copyElements(of: member.value, &writer)
                } else {
                    member.value.withSource { writer.element(raw: $0) }
                }
            }
        }
    }
}
