extension ConfigType {
    /// Text with a form of its own. `parse` gives nil for text that is not of it; `pattern` is what a schema can say
    /// of it; with `isDiscreet` an error never shows the text.
    package static func parsed(
        _ meaning: String, pattern: String? = nil, isDiscreet: Bool = false,
        placeholder: @escaping @autoclosure () -> Value, json: @escaping (Value) -> ConfigJSON? = { _ in nil },
        parse: @escaping (String) -> Value?
    ) -> Self {
        Self(
            shape: { .string(pattern: pattern, meaning: meaning) }, placeholder: placeholder(), json: json,
            read: { place in
                if let value = place.node.string.flatMap(parse) { return value }
                let found = isDiscreet ? place.node.discreetSummary : place.node.summary
                place.report("expected \(meaning), found \(found)")
                return nil
            })
    }
}

extension ConfigType<String> {
    /// Any text but the empty one, without control characters.
    package static func string(_ meaning: String = "a string that is not empty") -> Self {
        parsed(meaning, pattern: "^[^\\u0000-\\u001F\\u007F]+$", placeholder: "", json: { .string($0) }) { text in
            text.isEmpty || text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } ? nil : text
        }
    }

    /// Any text at all.
    package static var text: Self {
        parsed("a string", placeholder: "", json: { .string($0) }) { $0 }
    }

    /// The path of a file that is read with the configuration, made absolute; nothing is said about whether it is there.
    package static var path: Self {
        let text = string("the path of a file")
        return Self(
            shape: text.shape, placeholder: text.placeholder(), json: text.json,
            read: { place in
                guard let file = text.read(place).map(place.context.resolve) else { return nil }
                place.context.note(file)
                return file
            })
    }

    /// The path of a file that is written to, made absolute.
    package static var outputFile: Self {
        let text = string("the path of a file")
        return Self(
            shape: text.shape, placeholder: text.placeholder(), json: text.json,
            read: { place in text.read(place).map(place.context.resolve) })
    }

    /// The path of a file that can be read, made absolute.
    package static var readableFile: Self {
        Self(
            shape: path.shape, placeholder: "", json: path.json,
            read: { place in
                guard let file = path.read(place) else { return nil }
                if let reason = FileAccess.obstacle(toReading: file) {
                    place.report("cannot read \(file.quoted): \(reason)")
                    return nil
                }
                return file
            })
    }

    /// The name of something defined elsewhere in the file.
    package static func reference(to names: [String], what: String) -> Self {
        let text = string("the name of one of the \(what)s")
        return Self(
            shape: text.shape, placeholder: "",
            read: { place in
                guard let name = text.read(place) else { return nil }
                if names.contains(name) { return name }
                place.report("there is no \(what) \(name.quoted)\(Suggestion.phrase(for: name, among: names))")
                return nil
            })
    }
}

extension ConfigType where Value: CaseIterable & RawRepresentable<String> {
    /// One of the words that are an enumeration's raw values.
    package static func choice(_ fallback: Value) -> Self {
        let words = Value.allCases.map(\.rawValue)
        return Self(
            shape: { .choice(words) }, placeholder: fallback, json: { .string($0.rawValue) },
            read: { place in
                if let value = place.node.string.flatMap(Value.init(rawValue:)) { return value }
                let hint = place.node.string.map { Suggestion.phrase(for: $0, among: words) } ?? ""
                let list = words.map(\.quoted).joined(separator: ", ")
                place.report("expected one of \(list), found \(place.node.summary)\(hint)")
                return nil
            })
    }
}
