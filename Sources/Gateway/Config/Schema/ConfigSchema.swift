/// The JSON Schema (draft 2020-12) of the configuration file, made from the code that reads it.
///
/// It says what a schema can say of single values; what holds between values (unique names, references, files that
/// must be there) `ConfigLoader` alone checks.
package enum ConfigSchema {
    /// The text of `config/gateway.schema.json`, with a line end.
    package static func generate() -> String {
        let head: [(String, ConfigJSON)] = [
            ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
            ("title", .string("Configuration of sluice")),
        ]
        return ConfigJSON.object(head + object(fields, constant: nil)).pretty() + "\n"
    }

    /// The members of the configuration's root.
    static var fields: [ConfigField] {
        ConfigReader.record { _ = Configuration($0) }
    }

    private static func object(
        _ fields: [ConfigField], constant: (name: String, value: String)?
    ) -> [(String, ConfigJSON)] {
        var required = fields.filter(\.isRequired).map { ConfigJSON.string($0.name) }
        var properties = fields.map { ($0.name, property($0)) }
        if let constant {
            required.insert(.string(constant.name), at: 0)
            properties.insert((constant.name, .object([("const", .string(constant.value))])), at: 0)
        }
        var members: [(String, ConfigJSON)] = [("type", .string("object"))]
        if !required.isEmpty { members.append(("required", .array(required))) }
        return members + [("properties", .object(properties)), ("additionalProperties", .bool(false))]
    }

    private static func property(_ field: ConfigField) -> ConfigJSON {
        var members: [(String, ConfigJSON)] = [("description", .string(field.doc + unitSentence(field.shape)))]
        if case .optional = field.presence {
            members += nullable(field.shape)
        } else {
            members += schema(field.shape)
        }
        if case .defaulted(let value?) = field.presence { members.append(("default", value)) }
        if let example = field.example { members.append(("examples", .array([example]))) }
        return .object(members)
    }

    private static func unitSentence(_ shape: ConfigShape) -> String {
        shape.unit.map { " Unit: \($0)." } ?? ""
    }

    private static func nullable(_ shape: ConfigShape) -> [(String, ConfigJSON)] {
        if case .unavailable = shape { return schema(shape) }
        return [("anyOf", .array([.object(schema(shape)), .object([("type", .string("null"))])]))]
    }

    private static func schema(_ shape: ConfigShape) -> [(String, ConfigJSON)] {
        switch shape {
        case .integer(let range, _):
            [
                ("type", .string("integer")), ("minimum", .integer(range.lowerBound)),
                ("maximum", .integer(range.upperBound)),
            ]
        case .number(let range, _):
            [
                ("type", .string("number")), ("minimum", .number(range.lowerBound)),
                ("maximum", .number(range.upperBound)),
            ]
        case .boolean: [("type", .string("boolean"))]
        case .string(let pattern, _):
            [("type", .string("string"))] + (pattern.map { [("pattern", .string($0))] } ?? [])
        case .choice(let words): [("enum", .array(words.map { .string($0) }))]
        case .list(let element, let minimum):
            [("type", .string("array"))] + count("minItems", minimum) + [("items", .object(schema(element)))]
        case .map(let element, let minimum):
            [("type", .string("object"))] + count("minProperties", minimum)
                + [
                    ("propertyNames", .object([("minLength", .integer(1))])),
                    ("additionalProperties", .object(schema(element))),
                ]
        case .object(let fields): object(fields, constant: nil)
        case .variants(let member, let kinds): variants(member, kinds)
        case .oneOf(let shapes): [("oneOf", .array(shapes.map { .object(schema($0)) }))]
        case .any: []
        case .unavailable: [("type", .string("null"))]
        }
    }

    private static func variants(_ member: String, _ kinds: [ConfigVariantShape]) -> [(String, ConfigJSON)] {
        let branches = kinds.map { kind in
            ConfigJSON.object(
                [("description", .string(kind.doc))] + object(kind.fields, constant: (member, kind.name)))
        }
        return [("type", .string("object")), ("oneOf", .array(branches))]
    }

    private static func count(_ keyword: String, _ minimum: Int) -> [(String, ConfigJSON)] {
        minimum > 0 ? [(keyword, .integer(minimum))] : []
    }
}
