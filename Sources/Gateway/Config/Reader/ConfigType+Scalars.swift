extension ConfigType<Int> {
    package static func int(in range: ClosedRange<Int>, unit: ConfigUnit) -> Self {
        Self(
            shape: { .integer(range, unit) }, placeholder: range.lowerBound, json: { .integer($0) },
            read: { place in
                if let number = place.node.integer, range.contains(number) { return number }
                let noun = unit == .count ? "an integer" : "an integer (\(unit.rawValue))"
                place.reportMismatch(expected: "\(noun) from \(range.lowerBound) to \(range.upperBound)")
                return nil
            })
    }
}

extension ConfigType<Double> {
    package static func double(in range: ClosedRange<Double>, unit: ConfigUnit) -> Self {
        Self(
            shape: { .number(range, unit) }, placeholder: range.lowerBound, json: { .number($0) },
            read: { place in
                if let number = place.node.double, range.contains(number) { return number }
                let noun = unit == .count ? "a number" : "a number (\(unit.rawValue))"
                let bounds = [range.lowerBound, range.upperBound].map { ConfigJSON.number($0).compact }
                place.reportMismatch(expected: "\(noun) from \(bounds[0]) to \(bounds[1])")
                return nil
            })
    }
}

extension ConfigType<Bool> {
    package static var bool: Self {
        Self(
            shape: { .boolean }, placeholder: false, json: { .bool($0) },
            read: { place in
                if case .bool(let flag) = place.node.value { return flag }
                place.reportMismatch(expected: "true or false")
                return nil
            })
    }
}

extension ConfigNode {
    /// The number as an integer; `3.0` is one, as JSON Schema has it.
    fileprivate var integer: Int? {
        switch value {
        case .integer(let number): number
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    fileprivate var double: Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }
}
