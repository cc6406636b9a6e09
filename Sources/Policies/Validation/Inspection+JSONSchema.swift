/// JSON Schema by its structure (draft 2020-12, and the older forms that are still met): every keyword has a value of
/// its kind, all the way down. What the schema means, providers decide.
///
/// Nested schemas wait on a stack of their own, so that depth costs memory, not the thread's stack.
extension Inspection {
    /// Members or elements that are still to be looked at.
    private struct Frame {
        enum Content {
            /// The keywords of one schema.
            case keywords
            /// Schemas by name.
            case schemas
            /// Schemas in a list.
            case list
        }

        var next: Int
        let end: Int
        let content: Content
    }

    mutating func checkSchema(_ node: JSONNode, code: String) throws(Enough) {
        guard node.kind == .object else {
            return try mismatch(node, expected: Shape.schema(code: code).noun)
        }
        try requireObjectSchema(node, code)
        var frames: [Frame] = []
        push(node, .keywords, &frames)
        while let last = frames.indices.last {
            guard frames[last].next < frames[last].end else {
                frames.removeLast()
                continue
            }
            let next = frames[last].next
            let content = frames[last].content
            let value = tree.node(content == .list ? next : next + 1)
            frames[last].next = value.end
            if content == .keywords {
                try checkKeyword(next, value, code, &frames)
            } else {
                try pushSchema(value, code, &frames)
            }
        }
    }

    /// Arguments and structured answers are objects, so the outermost schema must not say otherwise.
    private mutating func requireObjectSchema(_ node: JSONNode, _ code: String) throws(Enough) {
        guard let type = tree.member(FieldName.type, of: node), type.kind == .string,
            tree.word(type.index, in: Self.objectType) == nil
        else { return }
        let found = tree.text(of: type.index, limit: 64)
        try report(code, at: type) { "Invalid '\($0)': found '\(found)'; the outermost schema must be an 'object'." }
    }

    private static let objectType: Vocabulary = "object"

    private func push(_ node: JSONNode, _ content: Frame.Content, _ frames: inout [Frame]) {
        frames.append(Frame(next: node.index + 1, end: node.end, content: content))
    }

    /// A schema is an object, or true or false.
    private mutating func pushSchema(_ node: JSONNode, _ code: String, _ frames: inout [Frame]) throws(Enough) {
        switch node.kind {
        case .object: push(node, .keywords, &frames)
        case .bool: return
        default: try schemaMismatch(node, code, expected: "a schema: an object or a boolean")
        }
    }

    private mutating func checkKeyword(
        _ key: Int, _ value: JSONNode, _ code: String, _ frames: inout [Frame]
    ) throws(Enough) {
        guard let place = tree.word(key, in: SchemaKeyword.names) else { return }
        let rule = SchemaKeyword.all[place].rule
        guard rule.takes(value.kind) else { return try schemaMismatch(value, code, expected: rule.noun) }
        switch rule {
        case .schema, .schemaOrList:
            if value.kind == .array { push(value, .list, &frames) } else { try pushSchema(value, code, &frames) }
        case .schemaList:
            if value.size == 0 { try schemaMismatch(value, code, expected: "at least one schema") }
            push(value, .list, &frames)
        case .schemaMap: push(value, .schemas, &frames)
        case .type: try checkType(value, code)
        case .names: try checkNames(value, code)
        case .values:
            if value.size == 0 { try schemaMismatch(value, code, expected: "at least one value") }
        case .count:
            if let count = tree.integer(value.index), count < 0 {
                try schemaMismatch(value, code, expected: "an integer of at least 0")
            }
        case .text, .number, .bound, .flag: return
        }
    }

    private mutating func checkType(_ node: JSONNode, _ code: String) throws(Enough) {
        guard node.kind == .array else { return try checkTypeName(node, code) }
        if node.size == 0 { try schemaMismatch(node, code, expected: "at least one type") }
        var next = node.index + 1
        while next < node.end {
            let name = tree.node(next)
            try checkTypeName(name, code)
            next = name.end
        }
    }

    private mutating func checkTypeName(_ node: JSONNode, _ code: String) throws(Enough) {
        guard tree.word(node.index, in: SchemaKeyword.types) == nil else { return }
        let found = node.kind == .string ? "'\(tree.text(of: node.index, limit: 64))'" : node.kind.noun
        try report(code, at: node) {
            "Invalid schema at '\($0)': found \(found), types are \(SchemaKeyword.types.list)."
        }
    }

    private mutating func checkNames(_ node: JSONNode, _ code: String) throws(Enough) {
        var next = node.index + 1
        while next < node.end {
            let name = tree.node(next)
            if name.kind != .string { try schemaMismatch(name, code, expected: "the name of a property") }
            next = name.end
        }
    }

    private mutating func schemaMismatch(_ node: JSONNode, _ code: String, expected: String) throws(Enough) {
        let found = node.kind == .array && node.size == 0 ? "an empty array" : node.kind.noun
        try report(code, at: node) { "Invalid schema at '\($0)': expected \(expected), found \(found)." }
    }
}
