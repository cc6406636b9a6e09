/// The reference page of the configuration file, made from the code that reads it.
package struct ConfigMarkdown {
    private var text = """
        # Configuration

        The gateway reads one JSON file: `sluice serve --config FILE`. `sluice check --config FILE` only checks it, and
        so does every start and reload: all mistakes are told at once, each with file, line, column and path, and so is
        what is legal but [without effect](operations.md#what-is-without-effect). An editor that knows JSON Schema helps
        while writing when `"$schema": "./gateway.schema.json"` is in the file.

        - Relative paths refer to the folder of the configuration file.
        - Secrets are not written into the file but named: `{ "env": "NAME" }` takes the value of an environment
          variable, `{ "file": "PATH" }` the content of a file. They are read at start and at reload.
        - Durations are in milliseconds, sizes in bytes.
        - Keys marked "later" belong to a later version; until then only null is accepted.

        `config/gateway.json` is an example that works. This page and `config/gateway.schema.json` are generated from
        the code that reads the file.

        """
    private var pending: [Section] = []

    /// An object to describe.
    private struct Section {
        /// Where it is, such as `upstreams.NAME.timeouts`; empty for the root.
        let path: String
        /// Of which kinds of the objects above and of itself it is told, such as `kind openai`; empty: of all.
        let kind: String
        let doc: String
        let fields: [ConfigField]

        var title: String {
            if path.isEmpty { return "The file" }
            return kind.isEmpty ? "`\(path)`" : "`\(path)` (\(kind))"
        }
    }

    /// The text of `docs/configuration.md`.
    package static func generate() -> String {
        var page = ConfigMarkdown()
        let root = Section(path: "", kind: "", doc: "One object with these members.", fields: ConfigSchema.fields)
        page.pending = [root]
        while !page.pending.isEmpty { page.write(page.pending.removeFirst()) }
        return page.text
    }

    private mutating func write(_ section: Section) {
        text += "\n## \(section.title)\n\n\(section.doc)\n"
        let later = section.fields.filter(\.isUnavailable)
        let present = section.fields.filter { !$0.isUnavailable }
        if !present.isEmpty {
            text += "\n| key | value | default | example | meaning |\n| --- | --- | --- | --- | --- |\n"
            for field in present { text += row(field) }
        }
        if !later.isEmpty { text += "\nLater: " + later.map { "`\($0.name)`" }.joined(separator: ", ") + ".\n" }
        let children = present.flatMap { field in
            let path = section.path.isEmpty ? field.name : "\(section.path).\(field.name)"
            return Self.sections(of: field.shape, path: path, kind: section.kind, doc: field.doc)
        }
        pending = children + pending
    }

    private static func sections(of shape: ConfigShape, path: String, kind: String, doc: String) -> [Section] {
        switch shape {
        case .list(let element, _): sections(of: element, path: path + "[]", kind: kind, doc: doc)
        case .map(let element, _): sections(of: element, path: path + ".NAME", kind: kind, doc: doc)
        case .object(let fields): [Section(path: path, kind: kind, doc: doc, fields: fields)]
        case .variants(let member, let kinds):
            kinds.map { Section(path: path, kind: "\(member) `\($0.name)`", doc: $0.doc, fields: $0.fields) }
        default: []
        }
    }

    private func row(_ field: ConfigField) -> String {
        let fallback =
            switch field.presence {
            case .required: "required"
            case .optional: "none"
            case .defaulted(let value): value.map { "`\($0.compact)`" } ?? "its members' defaults"
            }
        let example = field.example.map { "`\($0.compact)`" } ?? ""
        let cells = ["`\(field.name)`", field.shape.words, fallback, example, field.doc]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
    }
}
