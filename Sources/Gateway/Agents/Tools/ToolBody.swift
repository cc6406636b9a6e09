import Upstreams

/// The JSON body of an HTTP tool's request, with places for arguments in its strings. A string that is nothing but one
/// place, `"{count}"`, becomes the argument's own value, a number or an object for example; null if it is left out.
struct ToolBody: Sendable {
    private enum Piece: Sendable {
        case json([UInt8])
        case value(String)
        /// Within the quotes of a string.
        case text(String)
    }

    private var pieces: [Piece] = []

    init(_ template: JSONValue) { append(template) }

    func write(_ arguments: JSONValue, to output: inout ByteBuffer) throws(ToolFault) {
        for piece in pieces {
            switch piece {
            case .json(let bytes): output.append(bytes)
            case .value(let name):
                guard let value = arguments[named: name] else {
                    output.append("null")
                    continue
                }
                value.withSource { output.append($0) }
            case .text(let name):
                guard let text = try arguments.argument(name) else { continue }
                output.append(Self.escaped(text))
            }
        }
    }

    private mutating func append(_ value: JSONValue) {
        switch value.kind {
        case .string: append(text: value.string ?? "")
        case .object:
            var separator = "{"
            for member in value.members {
                add(separator + Self.quoted(member.key) + ":")
                append(member.value)
                separator = ","
            }
            add(separator == "{" ? "{}" : "}")
        case .array:
            var separator = "["
            for element in value.elements {
                add(separator)
                append(element)
                separator = ","
            }
            add(separator == "[" ? "[]" : "]")
        case .number, .bool, .null:
            value.withSource { source in pieces.append(.json(unsafe source.withUnsafeBytes { unsafe Array($0) })) }
        }
    }

    private mutating func append(text: String) {
        let parts = ArgumentText(text).pieces
        if parts.count == 1, case .argument(let name) = parts[0] { return pieces.append(.value(name)) }
        add("\"")
        for part in parts {
            switch part {
            case .text(let text): pieces.append(.json(Self.escaped(text)))
            case .argument(let name): pieces.append(.text(name))
            }
        }
        add("\"")
    }

    private mutating func add(_ json: String) { pieces.append(.json(Array(json.utf8))) }

    private static func quoted(_ text: String) -> String {
        var buffer = ByteBuffer()
        text.writeJSON(to: &buffer)
        return String(decoding: buffer.copy(), as: UTF8.self)
    }

    private static func escaped(_ text: String) -> [UInt8] { Array(quoted(text).utf8.dropFirst().dropLast()) }
}
