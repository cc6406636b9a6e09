internal import Policies

/// Which fields of a request's body are set and removed, and what is said to the model before the client's messages.
package struct RewritePolicyConfiguration: Sendable {
    package let fields: FieldEdits
    /// Nil (default): nothing.
    package let system: SystemPrompt?

    package init(_ r: ConfigReader) {
        let value = ConfigType<[(name: String, value: JSONTemplate)]>.map(of: .jsonTemplate)
        let set = r.value(
            "set", value, default: [], example: .object([("user", .string("{user}"))]),
            doc: "Fields and their values, whatever was there. A name, or a pointer such as `/metadata/team`; strings"
                + " may hold `{user}`, `{team}`, `{key_id}`, `{model}` and `{request_id}`.")
        let fill = r.value(
            "default", value, default: [], example: .object([("temperature", .number(0.2))]),
            doc: "The same for fields that are missing or null.")
        let remove = r.value(
            "remove", .list(of: .string()), default: [], example: .array([.string("logit_bias")]),
            doc: "Fields that are taken away.")
        system = r.optional(
            "system", .object(SystemPrompt.init), doc: "Instructions that go before the client's messages.")
        var paths = PathList(r)
        var fields = FieldEdits()
        for (name, value) in set {
            if let path = paths.add(name, at: "set", .member(name)) { fields.add(path, .set(value)) }
        }
        for (name, value) in fill {
            if let path = paths.add(name, at: "default", .member(name)) { fields.add(path, .fill(value)) }
        }
        for (index, name) in remove.enumerated() where !name.isEmpty {
            if let path = paths.add(name, at: "remove", .element(index)) { fields.add(path, .remove) }
        }
        self.fields = fields
    }

    /// The fields that are edited, none of which may be inside of another.
    private struct PathList {
        private let r: ConfigReader
        private var seen: [(name: String, path: FieldPath)] = []

        init(_ r: ConfigReader) { self.r = r }

        /// Nil after reporting why the field cannot be edited.
        mutating func add(_ name: String, at section: ConfigStep, _ step: ConfigStep) -> FieldPath? {
            guard let path = FieldPath(name) else {
                r.report(
                    "expected a field's name, or a pointer of up to 8 keys such as \"/metadata/team\"", at: section,
                    step)
                return nil
            }
            if let reservation = path.reservation {
                r.report("no policy may edit \(path.keys[0].quoted): \(reservation)", at: section, step)
                return nil
            }
            if let other = seen.first(where: { $0.path.overlaps(path) }) {
                r.report("the field \(other.name.quoted) is edited, too", at: section, step)
                return nil
            }
            seen.append((name, path))
            return path
        }
    }
}
