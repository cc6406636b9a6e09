/// A keyword of JSON Schema and what its value must be (draft 2020-12; older forms are taken, too).
struct SchemaKeyword: Sendable {
    enum Rule: Sendable {
        case schema, schemaOrList, schemaList, schemaMap
        case type, names, values
        case text, number, count, flag
        /// A number; in draft 4 a boolean.
        case bound

        func takes(_ kind: JSONKind) -> Bool {
            switch self {
            case .schema: kind == .object || kind == .bool
            case .schemaOrList: kind == .object || kind == .bool || kind == .array
            case .schemaList, .names, .values: kind == .array
            case .schemaMap: kind == .object
            case .type: kind == .string || kind == .array
            case .text: kind == .string
            case .number: kind == .number || kind == .integer
            case .bound: kind == .number || kind == .integer || kind == .bool
            case .count: kind == .integer
            case .flag: kind == .bool
            }
        }

        var noun: String {
            switch self {
            case .schema: "a schema: an object or a boolean"
            case .schemaOrList: "a schema or an array of schemas"
            case .schemaList: "an array of schemas"
            case .schemaMap: "an object of schemas"
            case .type: "a type or an array of types"
            case .names: "an array of property names"
            case .values: "an array of values"
            case .text: "a string"
            case .number, .bound: "a number"
            case .count: "an integer of at least 0"
            case .flag: "a boolean"
            }
        }
    }

    let name: String
    let rule: Rule

    static let names = Vocabulary(all.map(\.name))
    static let types: Vocabulary = ["object", "array", "string", "number", "integer", "boolean", "null"]

    static let all: [SchemaKeyword] =
        keywords(.type, "type") + keywords(.values, "enum") + keywords(.names, "required")
        + keywords(.schemaMap, "properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
        + keywords(.schemaOrList, "items") + keywords(.schemaList, "anyOf", "allOf", "oneOf", "prefixItems")
        + keywords(
            .schema, "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
            "unevaluatedItems", "unevaluatedProperties", "additionalItems"
        ) + keywords(.number, "minimum", "maximum", "multipleOf")
        + keywords(.bound, "exclusiveMinimum", "exclusiveMaximum")
        + keywords(
            .count, "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains",
            "maxContains"
        ) + keywords(.flag, "uniqueItems")
        + keywords(.text, "description", "title", "format", "pattern", "$ref", "$id", "$schema", "$anchor", "$comment")

    private static func keywords(_ rule: Rule, _ names: String...) -> [SchemaKeyword] {
        names.map { SchemaKeyword(name: $0, rule: rule) }
    }
}
