package import Policies
package import Upstreams

/// A JSON value of the configuration with placeholders in its strings. Keys and numbers are as they were written.
package struct JSONTemplate: Sendable {
    private enum Piece: Sendable {
        case json([UInt8])
        /// Within the quotes of a string.
        case placeholder(Placeholder)
    }

    private var pieces: [Piece] = []

    package init() {}

    /// A string.
    package init(_ text: TextTemplate) { append(text) }

    /// Appends what is JSON already.
    package mutating func append(json: [UInt8]) { pieces.append(.json(json)) }

    /// Appends a string.
    package mutating func append(_ text: TextTemplate) {
        append(json: [UInt8(ascii: "\"")])
        for piece in text.pieces {
            switch piece {
            case .text(let text): append(json: Self.escaped(text))
            case .placeholder(let placeholder): pieces.append(.placeholder(placeholder))
            }
        }
        append(json: [UInt8(ascii: "\"")])
    }

    package func write(_ values: PlaceholderValues, to output: inout ByteBuffer) {
        for piece in pieces {
            switch piece {
            case .json(let bytes): output.append(bytes)
            case .placeholder(let placeholder): output.append(Self.escaped(values[placeholder]))
            }
        }
    }

    /// The text as it stands in a JSON string, without the quotes.
    static func escaped(_ text: String) -> [UInt8] { Array(quoted(text).dropFirst().dropLast()) }

    /// The text as a JSON string.
    static func quoted(_ text: String) -> [UInt8] {
        var buffer = ByteBuffer()
        text.writeJSON(to: &buffer)
        return buffer.copy()
    }
}
