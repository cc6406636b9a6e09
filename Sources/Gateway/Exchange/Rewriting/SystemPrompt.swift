package import Policies
package import Upstreams

/// The operator's instructions, which go before all that a client says.
package struct SystemPrompt: Sendable {
    package enum Mode: String, CaseIterable, Sendable {
        /// Into the client's own instructions where those come first, before their text; else as `first`.
        case merge
        /// As a message of its own before all others.
        case first
    }

    package enum Role: String, CaseIterable, Sendable {
        case system
        case developer
    }

    package let text: TextTemplate
    package let mode: Mode
    /// Of a message of its own.
    package let role: Role

    package init(_ text: TextTemplate, mode: Mode, role: Role) {
        self.text = text
        self.mode = mode
        self.role = role
    }

    /// Edits a chat request; a text that is empty for this request is none.
    package func apply(to root: JSONValue, _ values: PlaceholderValues, _ edits: inout TextEdits) {
        let text = text.text(values)
        guard !text.isEmpty, let messages = root["messages"], messages.kind == .array else { return }
        if mode == .merge, merge(text, into: messages, &edits) { return }
        edits.insert(at: messages.range.lowerBound + 1) { output in
            output.appendJSON {
                $0.object {
                    $0.member("role", role.rawValue)
                    $0.member("content", text)
                }
            }
            if messages.count > 0 { output.append(",") }
        }
    }

    /// False where the first message is not one of instructions with a text.
    private func merge(_ text: String, into messages: JSONValue, _ edits: inout TextEdits) -> Bool {
        var elements = messages.elements
        guard let first = elements.next(), let role = first["role"],
            role.isString("system") || role.isString("developer")
        else { return false }
        var isMerged = false
        for member in first.members where member.hasKey("content") {
            let content = member.value
            switch content.kind {
            case .string:
                edits.insert(at: content.range.lowerBound + 1) { $0.append(JSONTemplate.escaped(text + "\n\n")) }
            case .array:
                edits.insert(at: content.range.lowerBound + 1) { output in
                    output.appendJSON {
                        $0.object {
                            $0.member("type", "text")
                            $0.member("text", text)
                        }
                    }
                    if content.count > 0 { output.append(",") }
                }
            default: continue
            }
            isMerged = true
        }
        return isMerged
    }
}

extension TextEdits {
    fileprivate mutating func insert(at offset: Int, _ write: (inout ByteBuffer) -> Void) {
        replace(offset..<offset, write)
    }
}
