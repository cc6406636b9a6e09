import Policies

extension ConfigType<FallbackRule> {
    /// A model's name, or an object that also names failures.
    static var fallback: Self {
        let name = ConfigType<String>.string("a model's name")
        let object = ConfigType.object { FallbackRule($0) }
        return Self(
            shape: { .oneOf([name.shape(), object.shape()]) }, placeholder: FallbackRule(""),
            read: { place in
                if case .object = place.node.value { return object.read(place) }
                return name.read(place).map { FallbackRule($0) }
            })
    }
}

extension FallbackRule {
    fileprivate init(_ r: ConfigReader) {
        let model = r.required("model", .string(), example: .string("gpt-4o-mini"), doc: "The model that is asked.")
        let kinds = r.required(
            "on", .list(of: .choice(FailureKind.serverError), minimum: 1),
            example: .array([.string("content_filter")]), doc: "The failures after which it is asked, and no others.")
        self.init(model, on: Set(kinds))
    }
}

extension HedgeSettings {
    init(_ r: ConfigReader) {
        let after = r.optional(
            "after_ms", .int(in: 1...3_600_000, unit: .milliseconds), example: .integer(3000),
            doc: "Time without content after which a second target is asked; without it as long as 95 of 100 calls"
                + " take.")
        let budget = r.value(
            "budget", .double(in: 0...1, unit: .count), default: 0.05, doc: "Share of requests that may be asked twice."
        )
        self.init(after: after, budget: budget)
    }
}
