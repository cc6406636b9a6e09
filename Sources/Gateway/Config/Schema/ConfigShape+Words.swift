extension ConfigField {
    var isRequired: Bool {
        if case .required = presence { true } else { false }
    }

    var isUnavailable: Bool {
        if case .unavailable = shape { true } else { false }
    }
}

extension ConfigShape {
    /// The unit of a number, nil where it has none.
    var unit: String? {
        switch self {
        case .integer(_, let unit) where unit != .count, .number(_, let unit) where unit != .count: unit.rawValue
        default: nil
        }
    }

    /// The shape for the reference page: type, range and unit.
    var words: String {
        let suffix = unit.map { " (\($0))" } ?? ""
        return switch self {
        case .integer(let range, _): "integer, \(range.lowerBound) to \(range.upperBound)\(suffix)"
        case .number(let range, _):
            "number, \(ConfigJSON.number(range.lowerBound).compact) to"
                + " \(ConfigJSON.number(range.upperBound).compact)\(suffix)"
        case .boolean: "boolean"
        case .string(_, let meaning): meaning
        case .choice(let words): words.map { "`\"\($0)\"`" }.joined(separator: ", ")
        case .list(let element, _): "list of: \(element.words)"
        case .map(let element, _): "object of: \(element.words)"
        case .object(let fields) where fields.count == 1 && fields[0].isRequired:
            "`{ \"\(fields[0].name)\": … }`"
        case .object: "object, see below"
        case .variants(let member, let kinds):
            "object, see below, with `\(member)` "
                + kinds.map { "`\"\($0.name)\"`" }.joined(separator: " or ")
        case .oneOf(let shapes): shapes.map(\.words).joined(separator: " or ")
        case .any: "any value"
        case .unavailable: "null"
        }
    }
}
