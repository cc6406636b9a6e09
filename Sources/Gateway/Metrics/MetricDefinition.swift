/// One row of the table of families: everything about a family that does not change.
struct MetricDefinition: Sendable {
    /// The family's name without the `_total` of a counter.
    let name: String
    let kind: MetricKind
    let unit: MetricUnit
    /// One sentence for a person.
    let help: String
    /// Label names, in the order in which a sample gives its values.
    let labels: [String]

    static func counter(_ name: String, _ unit: MetricUnit = .none, labels: [String] = [], _ help: String) -> Self {
        Self(name: name, kind: .counter, unit: unit, help: help, labels: labels)
    }

    static func gauge(_ name: String, _ unit: MetricUnit = .none, labels: [String] = [], _ help: String) -> Self {
        Self(name: name, kind: .gauge, unit: unit, help: help, labels: labels)
    }

    static func histogram(_ name: String, _ unit: MetricUnit = .none, labels: [String], _ help: String) -> Self {
        Self(name: name, kind: .histogram, unit: unit, help: help, labels: labels)
    }
}
