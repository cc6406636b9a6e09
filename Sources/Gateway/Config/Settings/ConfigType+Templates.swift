internal import Policies

extension ConfigType<TextTemplate> {
    /// A text that may hold placeholders.
    static var template: Self { template(.text) }

    /// Visible ASCII that may hold placeholders.
    static var fieldTemplate: Self {
        template(
            .parsed("a header's value of visible ASCII", pattern: "^[ -~]+$", placeholder: "") { text in
                HeaderSyntax.isValue(text) ? text : nil
            })
    }

    private static func template(_ text: ConfigType<String>) -> Self {
        Self(
            shape: text.shape, placeholder: TextTemplate(),
            read: { place in
                guard let text = text.read(place) else { return nil }
                do throws(UnknownPlaceholder) {
                    return try TextTemplate(text)
                } catch {
                    place.report(error.message)
                    return nil
                }
            })
    }
}

extension ConfigType<JSONTemplate> {
    /// Any value, whose strings may hold placeholders. Numbers keep the form that they have in the file.
    static var jsonTemplate: Self {
        Self(
            shape: { .any }, placeholder: JSONTemplate(),
            read: { place in
                var template = JSONTemplate()
                return place.append(to: &template) ? template : nil
            })
    }
}

extension ConfigPlace {
    /// Appends the value; false after reporting what is wrong with it.
    fileprivate func append(to template: inout JSONTemplate) -> Bool {
        switch node.value {
        case .null: template.append(json: Array("null".utf8))
        case .bool(let flag): template.append(json: Array(flag.description.utf8))
        case .integer, .number:
            let rest = context.text.bytes[node.offset...]
            template.append(json: Array(rest.prefix { "+-.0123456789Ee".utf8.contains($0) }))
        case .string:
            guard let text = ConfigType.template.read(self) else { return false }
            template.append(text)
        case .array(let elements): return append(elements, to: &template)
        case .object(let members): return append(members, to: &template)
        }
        return true
    }

    private func append(_ elements: [ConfigNode], to template: inout JSONTemplate) -> Bool {
        var isSound = true
        template.append(json: [UInt8(ascii: "[")])
        for (index, node) in elements.enumerated() {
            if index > 0 { template.append(json: [UInt8(ascii: ",")]) }
            isSound = element(index, node).append(to: &template) && isSound
        }
        template.append(json: [UInt8(ascii: "]")])
        return isSound
    }

    private func append(_ members: [ConfigMember], to template: inout JSONTemplate) -> Bool {
        var isSound = true
        template.append(json: [UInt8(ascii: "{")])
        for (index, member) in members.enumerated() {
            if index > 0 { template.append(json: [UInt8(ascii: ",")]) }
            template.append(json: JSONTemplate.quoted(member.name) + [UInt8(ascii: ":")])
            isSound = self.member(member).append(to: &template) && isSound
        }
        template.append(json: [UInt8(ascii: "}")])
        return isSound
    }
}

extension UnknownPlaceholder {
    fileprivate var message: String {
        let words = Placeholder.allCases.map(\.rawValue)
        return "there is no placeholder {\(word)}\(Suggestion.phrase(for: word, among: words)); there are "
            + words.map { "{\($0)}" }.joined(separator: ", ") + "; {{\(word)}} stands for the text {\(word)}"
    }
}
