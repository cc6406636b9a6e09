/// All samples of one page, added up over the workers: two samples of the same family and labels become one.
struct MetricSamples {
    /// What a sample holds.
    enum Value {
        case number(Int)
        case distribution(Distribution)
    }

    /// Label values (in the order of the family's label names) → value, per family.
    private var families = [[[String]: Value]](repeating: [:], count: MetricFamily.allCases.count)

    /// Adds to a counter or a gauge; billionths of the unit if that is seconds or dollars.
    mutating func add(_ family: MetricFamily, _ labels: [String], _ number: Int) {
        check(family, labels, histogram: false)
        guard case .number(let sum) = families[family.rawValue][labels] else {
            families[family.rawValue][labels] = .number(number)
            return
        }
        families[family.rawValue][labels] = .number(sum.addingWithinBounds(number))
    }

    /// The same for a family without labels.
    mutating func add(_ family: MetricFamily, _ number: Int) { add(family, [], number) }

    /// Adds to a histogram.
    mutating func add(_ family: MetricFamily, _ labels: [String], _ distribution: Distribution) {
        check(family, labels, histogram: true)
        guard case .distribution(var sum) = families[family.rawValue][labels] else {
            families[family.rawValue][labels] = .distribution(distribution)
            return
        }
        sum.add(distribution)
        families[family.rawValue][labels] = .distribution(sum)
    }

    /// The samples of a family, in the order of their label values.
    func sorted(_ family: MetricFamily) -> [(labels: [String], value: Value)] {
        families[family.rawValue].sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { ($0.key, $0.value) }
    }

    private func check(_ family: MetricFamily, _ labels: [String], histogram: Bool) {
        let definition = family.definition
        precondition(definition.labels.count == labels.count, "labels of a sample do not fit its family")
        precondition((definition.kind == .histogram) == histogram, "value of a sample does not fit its family")
    }
}
