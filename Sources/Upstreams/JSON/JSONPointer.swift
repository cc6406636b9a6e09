/// A way to one value of a JSON document (RFC 6901): `/results/0/title`; empty: the whole.
package struct JSONPointer: Equatable, Sendable {
    private let keys: [String]

    /// Nil: the text is no pointer.
    package init?(_ text: String) {
        guard text.isEmpty || text.hasPrefix("/") else { return nil }
        var keys: [String] = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            var key = ""
            var rest = part[...]
            while let character = rest.popFirst() {
                guard character == "~" else {
                    key.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "0": key.append("~")
                case "1": key.append("/")
                default: return nil
                }
            }
            keys.append(key)
        }
        self.keys = keys
    }

    /// Nil: there is no such value.
    package func find(in root: JSONValue) -> JSONValue? {
        var value = root
        for key in keys {
            guard let next = Self.step(key, in: value) else { return nil }
            value = next
        }
        return value
    }

    private static func step(_ key: String, in value: JSONValue) -> JSONValue? {
        guard value.kind == .array else { return value[named: key] }
        let isIndex = key == "0" || key.first != "0" && key.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isIndex, let index = Int(key), index < value.count else { return nil }
        var elements = value.elements
        for _ in 0..<index { _ = elements.next() }
        return elements.next()
    }
}
