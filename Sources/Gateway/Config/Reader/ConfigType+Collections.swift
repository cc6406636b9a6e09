extension ConfigType {
    /// A list. Elements that cannot be read keep their place by a placeholder.
    package static func list<Element>(of element: ConfigType<Element>, minimum: Int = 0) -> Self
    where Value == [Element] {
        Self(
            shape: { .list(of: element.shape(), minimum: minimum) }, placeholder: [],
            json: { elements in
                let values = elements.compactMap(element.json)
                return values.count == elements.count ? .array(values) : nil
            },
            read: { place in
                guard case .array(let nodes) = place.node.value else {
                    place.reportMismatch(expected: "a list")
                    return nil
                }
                if nodes.count < minimum { place.report("expected at least \(minimum) in the list, found none") }
                return nodes.enumerated().map { index, node in
                    element.read(place.element(index, node)) ?? element.placeholder()
                }
            })
    }

    /// An object whose member names are free and not empty, in the order of the file.
    package static func map<Element>(of element: ConfigType<Element>, minimum: Int = 0) -> Self
    where Value == [(name: String, value: Element)] {
        Self(
            shape: { .map(of: element.shape(), minimum: minimum) }, placeholder: [],
            json: { $0.isEmpty ? .object([]) : nil },
            read: { place in
                guard case .object(let members) = place.node.value else {
                    place.reportMismatch(expected: "an object")
                    return nil
                }
                if members.count < minimum { place.report("expected at least \(minimum) member, found none") }
                for member in members where member.name.isEmpty {
                    place.context.report(
                        "expected a name that is not empty", offset: member.nameOffset, path: place.path)
                }
                return members.map { ($0.name, element.read(place.member($0)) ?? element.placeholder()) }
            })
    }

    /// An object of fixed members, read by the given code.
    package static func object(_ body: @escaping (ConfigReader) -> Value) -> Self {
        Self(
            shape: { .object(ConfigReader.record { _ = body($0) }) }, placeholder: body(.placeholder),
            read: { place in ConfigReader.read(place, body) })
    }

    /// An object whose member `member` names the kind, on which the other members depend.
    ///
    /// A kind that is not among `variants` belongs to a later version or is a typing error: the error names those that
    /// there are.
    package static func variant(_ member: String, _ variants: [ConfigVariant<Value>]) -> Self {
        guard let first = variants.first else { preconditionFailure("no kinds to choose from") }
        return Self(
            shape: { .variants(member: member, variants.map(\.shape)) }, placeholder: first.read(.placeholder),
            read: { place in
                guard case .object = place.node.value else {
                    place.reportMismatch(expected: "an object")
                    return nil
                }
                let kinds = variants.map(\.name)
                guard let kind = ConfigReader.kind(of: place, member: member, among: kinds) else { return nil }
                guard let variant = variants.first(where: { $0.name == kind }) else { return nil }
                return ConfigReader.read(place, alsoKnown: [member], variant.read)
            })
    }
}
