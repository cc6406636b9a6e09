@testable import Gateway

extension ConfigJSON {
    /// A value of the shape in which every member is written out, by its example or default; of variants the one at
    /// `kind`, or the last.
    static func example(of shape: ConfigShape, kind: Int) -> ConfigJSON {
        switch shape {
        case .integer(let range, _): .integer(range.lowerBound)
        case .number(let range, _): .number(range.lowerBound)
        case .boolean: .bool(true)
        case .string(_, let meaning): .string(meaning)
        case .choice(let words): .string(words[0])
        case .list(let element, _): .array([example(of: element, kind: kind)])
        case .map(let element, _): .object([("openai", example(of: element, kind: kind))])
        case .object(let fields): .object(members(of: fields, kind: kind))
        case .variants(let member, let kinds):
            .object(
                [(member, .string(kinds[min(kind, kinds.count - 1)].name))]
                    + members(of: kinds[min(kind, kinds.count - 1)].fields, kind: kind))
        case .oneOf(let shapes): example(of: shapes[0], kind: kind)
        case .any: .integer(1)
        case .unavailable: .null
        }
    }

    private static func members(of fields: [ConfigField], kind: Int) -> [(String, ConfigJSON)] {
        fields.map { field in
            if let example = field.example { return (field.name, example) }
            if case .defaulted(let value?) = field.presence, !value.isEmptyList { return (field.name, value) }
            return (field.name, example(of: field.shape, kind: kind))
        }
    }

    private var isEmptyList: Bool {
        if case .array(let elements) = self { elements.isEmpty } else { false }
    }
}
