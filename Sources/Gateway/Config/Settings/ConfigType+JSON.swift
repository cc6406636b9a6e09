internal import Upstreams

extension ConfigType<[UInt8]> {
    /// Any JSON value, as text. Numbers keep the form that they have in the file.
    static var json: Self { Self(shape: { .any }, placeholder: Array("null".utf8), read: { $0.json() }) }

    /// A JSON object, as text.
    static var jsonObject: Self {
        Self(
            shape: { .map(of: .any, minimum: 0) }, placeholder: Array("{}".utf8),
            read: { place in
                guard case .object = place.node.value else {
                    place.reportMismatch(expected: "an object")
                    return nil
                }
                return place.json()
            })
    }
}

extension ConfigPlace {
    /// The value as JSON text.
    fileprivate func json() -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.appendJSON { write(node, to: &$0) }
        return buffer.copy()
    }

    private func write(_ node: ConfigNode, to writer: inout JSONWriter) {
        switch node.value {
        case .null: writer.element(Int?.none)
        case .bool(let flag): writer.element(flag)
        case .string(let text): writer.element(text)
        case .integer, .number:
            let digits = Array(context.text.bytes[node.offset...].prefix { "+-.0123456789Ee".utf8.contains($0) })
            unsafe writer.element(raw: digits.span.bytes)
        case .array(let elements):
            writer.array { for element in elements { write(element, to: &$0) } }
        case .object(let members):
            writer.object {
                for member in members {
                    $0.key(member.name)
                    write(member.node, to: &$0)
                }
            }
        }
    }
}

extension ConfigNode {
    /// All texts in the value, keys aside.
    var texts: [String] {
        switch value {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(\.texts)
        case .object(let members): members.flatMap(\.node.texts)
        default: []
        }
    }
}
