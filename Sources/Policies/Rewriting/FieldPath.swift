/// Where in a request's body a field is: the keys of the objects on the way to it, the outermost first.
package struct FieldPath: Hashable, Sendable {
    package let keys: [String]

    /// Keys of one path.
    private static let maxKeys = 8

    /// The name of a field of the body, or a JSON Pointer to one further inside, such as `/metadata/team` (RFC 6901:
    /// `~1` stands for a slash in a key, `~0` for a tilde; places in arrays cannot be named). Nil for text that is
    /// neither.
    package init?(_ text: String) {
        guard text.hasPrefix("/") else {
            guard !text.isEmpty else { return nil }
            keys = [text]
            return
        }
        var keys: [String] = []
        for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard !part.isEmpty, let key = Self.key(part) else { return nil }
            keys.append(key)
        }
        guard keys.count <= Self.maxKeys else { return nil }
        self.keys = keys
    }

    private static func key(_ part: Substring) -> String? {
        var key = ""
        var rest = part
        while let tilde = rest.firstIndex(of: "~") {
            key += rest[..<tilde]
            rest = rest[tilde...].dropFirst()
            switch rest.popFirst() {
            case "0": key += "~"
            case "1": key += "/"
            default: return nil
            }
        }
        return key + rest
    }

    /// Whether one is the other, or is inside of it.
    package func overlaps(_ other: FieldPath) -> Bool {
        zip(keys, other.keys).allSatisfy { $0 == $1 }
    }

    /// Why no policy may edit this field; nil: it may.
    package var reservation: String? {
        switch keys[0] {
        case "model": "it decides where the request goes, which is settled before"
        case "stream", "stream_options": "it decides the form of the answer, which is settled before"
        case "messages": "messages are changed by system, or by the kinds guard and trim_history"
        default: nil
        }
    }
}
