/// A text with places for arguments: `weather in {city}`. Braces around anything but a name stand for themselves.
package struct ArgumentText: Equatable, Sendable {
    package enum Piece: Equatable, Sendable {
        case text(String)
        case argument(String)
    }

    package let pieces: [Piece]

    package init(_ text: String) {
        var pieces: [Piece] = []
        var plain = ""
        var rest = text[...]
        while let character = rest.first {
            if character == "{", let name = Self.name(rest.dropFirst()) {
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(.argument(name))
                rest = rest.dropFirst(name.count + 2)
            } else {
                plain.append(character)
                rest = rest.dropFirst()
            }
        }
        if !plain.isEmpty { pieces.append(.text(plain)) }
        self.pieces = pieces
    }

    package var names: [String] {
        pieces.compactMap { piece in
            if case .argument(let name) = piece { name } else { nil }
        }
    }

    private static func name(_ rest: Substring) -> String? {
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
        return name.isEmpty || rest.dropFirst(name.count).first != "}" ? nil : String(name)
    }
}
