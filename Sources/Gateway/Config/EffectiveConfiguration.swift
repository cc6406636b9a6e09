/// The configuration as it takes effect: the file's own values, and the defaults of all that it leaves out.
///
/// Secrets never show. They are named in the file, and a name stays; what the file may hold in plain text instead is
/// masked, and so are the digests of keys, which could be guessed at.
package enum EffectiveConfiguration {
    private static let mask = ConfigJSON.string("***")

    package static func make(_ configuration: Configuration) -> ConfigJSON {
        .object(members(configuration.source, ConfigSchema.fields))
    }

    private static func members(_ node: ConfigNode?, _ fields: [ConfigField]) -> [(String, ConfigJSON)] {
        fields.filter { !$0.isUnavailable }.map { ($0.name, member(node?[$0.name], $0)) }
    }

    private static func member(_ node: ConfigNode?, _ field: ConfigField) -> ConfigJSON {
        guard let node, !node.isNull else { return absent(field) }
        return field.name == "sha256" ? mask : value(node, field.shape)
    }

    private static func absent(_ field: ConfigField) -> ConfigJSON {
        guard case .defaulted(let value) = field.presence else { return .null }
        if let value { return value }
        switch field.shape {
        case .object(let fields): return .object(members(nil, fields))
        case .variants(let name, let kinds):
            return kinds.first.map { .object([(name, .string($0.name))] + members(nil, $0.fields)) } ?? .null
        default: return .null
        }
    }

    private static func value(_ node: ConfigNode, _ shape: ConfigShape) -> ConfigJSON {
        switch (node.value, shape) {
        case (.object, .object(let fields)): .object(members(node, fields))
        case (.object(let all), .map(let element, _)): .object(all.map { ($0.name, value($0.node, element)) })
        case (.array(let elements), .list(let element, _)): .array(elements.map { value($0, element) })
        case (.object, .variants(let name, let kinds)):
            variant(node, name, kinds)
        // A secret's place, or the secret itself.
        case (.string, .oneOf): mask
        default: node.json
        }
    }

    private static func variant(_ node: ConfigNode, _ name: String, _ kinds: [ConfigVariantShape]) -> ConfigJSON {
        guard let kind = kinds.first(where: { $0.name == node[name]?.string }) else { return .null }
        return .object([(name, .string(kind.name))] + members(node, kind.fields))
    }
}

extension ConfigNode {
    fileprivate var isNull: Bool {
        if case .null = value { true } else { false }
    }

    fileprivate var json: ConfigJSON {
        switch value {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map(\.json))
        case .object(let members): .object(members.map { ($0.name, $0.node.json) })
        }
    }
}
