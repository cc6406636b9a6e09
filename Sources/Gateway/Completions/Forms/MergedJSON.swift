import Upstreams

/// A JSON value that deltas are merged into, as clients of OpenAI's streams merge them.
///
/// Texts are joined, except for those that name or type something, which are set. Elements of arrays with an `index`
/// are merged by it, other elements follow each other. Everything else is replaced, and null changes nothing.
struct MergedJSON {
    private enum Shape {
        case raw([UInt8])
        case text([UInt8])
        case object([(key: String, value: MergedJSON)])
        /// Elements, each with its `index` if it has one.
        case array([(index: Int?, value: MergedJSON)])
    }

    private var shape: Shape

    private static let names: Set<String> = ["role", "id", "type", "name", "object"]

    init(_ value: JSONValue) {
        switch value.kind {
        case .object: shape = .object([])
        case .array: shape = .array([])
        case .string: shape = .text([])
        case .number, .bool, .null: shape = .raw([])
        }
        merge(value, key: "")
    }

    /// `key`: the name under which the value stands.
    mutating func merge(_ value: JSONValue, key: String) {
        switch (value.kind, shape) {
        case (.null, .raw(let old)) where old.isEmpty:
            shape = .raw(value.source)
        case (.null, _):
            break
        case (.object, .object(var members)):
            shape = .raw([])
            for member in value.members { Self.merge(member, into: &members) }
            shape = .object(members)
        case (.array, .array(var elements)):
            shape = .raw([])
            for element in value.elements { Self.merge(element, into: &elements) }
            shape = .array(elements)
        case (.string, .text(var text)):
            shape = .raw([])
            if Self.names.contains(key) { text.removeAll() }
            _ = value.withUTF8 { utf8 in unsafe utf8.withUnsafeBytes { unsafe text.append(contentsOf: $0) } }
            shape = .text(text)
        case (.number, .raw), (.bool, .raw):
            shape = .raw(value.source)
        default:
            self = MergedJSON(value)
        }
    }

    private static func merge(_ member: JSONMembers.Member, into members: inout [(key: String, value: MergedJSON)]) {
        let key = member.key
        if let place = members.firstIndex(where: { $0.key == key }) {
            members[place].value.merge(member.value, key: key)
        } else {
            members.append((key, MergedJSON(member.value)))
        }
    }

    private static func merge(_ element: JSONValue, into elements: inout [(index: Int?, value: MergedJSON)]) {
        let index = element["index"]?.int
        if let index, let place = elements.firstIndex(where: { $0.index == index }) {
            elements[place].value.merge(element, key: "")
        } else {
            elements.append((index, MergedJSON(element)))
        }
    }

    // MARK: Writing

    /// `omitsIndexes`: without the `index` by which elements of arrays were merged.
    func write(to writer: inout JSONWriter, omitsIndexes: Bool) {
        switch shape {
        case .raw(let bytes): unsafe writer.element(raw: bytes.span.bytes)
        case .text(let bytes): unsafe writer.element(utf8: bytes.span.bytes)
        case .object(let members):
            writer.object { Self.write(members, without: nil, to: &$0, omitsIndexes: omitsIndexes) }
        case .array(let elements):
            writer.array { writer in
                for element in elements { element.value.write(element.index, to: &writer, omitsIndexes: omitsIndexes) }
            }
        }
    }

    /// As the message of a whole answer: `content` is there, null if nothing was said, and tool calls are a plain list.
    func writeMessage(to writer: inout JSONWriter) {
        guard case .object(let members) = shape else { return write(to: &writer, omitsIndexes: true) }
        writer.object { writer in
            for member in members {
                writer.key(member.key)
                member.value.write(to: &writer, omitsIndexes: member.key == "tool_calls")
            }
            if !members.contains(where: { $0.key == "content" }) { writer.member("content", String?.none) }
        }
    }

    private func write(_ index: Int?, to writer: inout JSONWriter, omitsIndexes: Bool) {
        guard omitsIndexes, index != nil, case .object(let members) = shape else {
            return write(to: &writer, omitsIndexes: omitsIndexes)
        }
        writer.object { Self.write(members, without: "index", to: &$0, omitsIndexes: omitsIndexes) }
    }

    private static func write(
        _ members: [(key: String, value: MergedJSON)], without omitted: String?, to writer: inout JSONWriter,
        omitsIndexes: Bool
    ) {
        for member in members where member.key != omitted {
            writer.key(member.key)
            member.value.write(to: &writer, omitsIndexes: omitsIndexes)
        }
    }
}

extension JSONValue {
    /// The value as it is written in the text.
    fileprivate var source: [UInt8] {
        withSource { source in unsafe source.withUnsafeBytes { unsafe Array($0) } }
    }
}
