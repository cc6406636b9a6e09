extension ConfigType {
    /// One element, or a list of at least one.
    static func oneOrMore<Element>(_ element: ConfigType<Element>) -> Self where Value == [Element] {
        let list = Self.list(of: element, minimum: 1)
        return Self(
            shape: { .oneOf([element.shape(), list.shape()]) }, placeholder: [], json: list.json,
            read: { place in
                if case .array = place.node.value { return list.read(place) }
                return element.read(place).map { [$0] }
            })
    }
}

extension ConfigType<ClaimName> {
    static var claimName: Self {
        parsed(
            "the name of a claim", pattern: "^.+$", placeholder: ClaimName("sub"), json: { .string($0.text) }
        ) { $0.isEmpty ? nil : ClaimName($0) }
    }
}

extension ConfigType<Secret> {
    /// A secret that is kept elsewhere. Never shown.
    static var secret: Self {
        Self(
            shape: { .oneOf(SecretSource.shapes) }, placeholder: Secret(""),
            read: { place in
                SecretSource.member(place, among: ["env", "file"]).flatMap { SecretSource.resolve($0, in: place) }
            })
    }
}
