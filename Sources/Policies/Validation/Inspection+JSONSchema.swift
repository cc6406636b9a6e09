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

    mutating func checkSchema(_ node: Int, code: String) throws(Enough) {
        guard tree.kind(of: node) == .object else {
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
            let node = frames[last].next
            let content = frames[last].content
            let value = content == .list ? node : node + 1
            frames[last].next = tree.end(of: value)
            if content == .keywords {
                try checkKeyword(node, code, &frames)
            } else {
                try pushSchema(value, code, &frames)
            }
        }
    }

    /// Arguments and structured answers are objects, so the outermost schema must not say otherwise.
    private mutating func requireObjectSchema(_ node: Int, _ code: String) throws(Enough) {
        guard let type = tree.member(FieldName.type, of: node), tree.kind(of: type) == .string,
            tree.word(type, in: Self.objectType) == nil
        else { return }
        let found = tree.text(of: type, limit: 64)
        try report(code, at: type) { "Invalid '\($0)': found '\(found)'; the outermost schema must be an 'object'." }
    }

    private static let objectType: Vocabulary = "object"

    private func push(_ node: Int, _ content: Frame.Content, _ frames: inout [Frame]) {
        frames.append(Frame(next: node + 1, end: tree.end(of: node), content: content))
    }

    /// A schema is an object, or true or false.
    private mutating func pushSchema(_ node: Int, _ code: String, _ frames: inout [Frame]) throws(Enough) {
        switch tree.kind(of: node) {
        case .object: push(node, .keywords, &frames)
        case .bool: return
        default: try schemaMismatch(node, code, expected: "a schema: an object or a boolean")
        }
    }

    private mutating func checkKeyword(_ key: Int, _ code: String, _ frames: inout [Frame]) throws(Enough) {
        guard let place = tree.word(key, in: SchemaKeyword.names) else { return }
        let value = key + 1
        let kind = tree.kind(of: value)
        let rule = SchemaKeyword.all[place].rule
        guard rule.takes(kind) else { return try schemaMismatch(value, code, expected: rule.noun) }
        switch rule {
        case .schema, .schemaOrList:
            if kind == .array { push(value, .list, &frames) } else { try pushSchema(value, code, &frames) }
        case .schemaList:
            if tree.count(of: value) == 0 { try schemaMismatch(value, code, expected: "at least one schema") }
            push(value, .list, &frames)
        case .schemaMap: push(value, .schemas, &frames)
        case .type: try checkType(value, code)
        case .names: try checkNames(value, code)
        case .values:
            if tree.count(of: value) == 0 { try schemaMismatch(value, code, expected: "at least one value") }
        case .count:
            if let count = tree.integer(value), count < 0 {
                try schemaMismatch(value, code, expected: "an integer of at least 0")
            }
        case .text, .number, .bound, .flag: return
        }
    }

    private mutating func checkType(_ node: Int, _ code: String) throws(Enough) {
        guard tree.kind(of: node) == .array else { return try checkTypeName(node, code) }
        if tree.count(of: node) == 0 { try schemaMismatch(node, code, expected: "at least one type") }
        let end = tree.end(of: node)
        var name = node + 1
        while name < end {
            try checkTypeName(name, code)
            name = tree.end(of: name)
        }
    }

    private mutating func checkTypeName(_ node: Int, _ code: String) throws(Enough) {
        guard tree.word(node, in: SchemaKeyword.types) == nil else { return }
        let found = tree.kind(of: node) == .string ? "'\(tree.text(of: node, limit: 64))'" : tree.kind(of: node).noun
        try report(code, at: node) {
            "Invalid schema at '\($0)': found \(found), types are \(SchemaKeyword.types.list)."
        }
    }

    private mutating func checkNames(_ node: Int, _ code: String) throws(Enough) {
        let end = tree.end(of: node)
        var name = node + 1
        while name < end {
            if tree.kind(of: name) != .string { try schemaMismatch(name, code, expected: "the name of a property") }
            name = tree.end(of: name)
        }
    }

    private mutating func schemaMismatch(_ node: Int, _ code: String, expected: String) throws(Enough) {
        let kind = tree.kind(of: node)
        let found = kind == .array && tree.count(of: node) == 0 ? "an empty array" : kind.noun
        try report(code, at: node) { "Invalid schema at '\($0)': expected \(expected), found \(found)." }
    }
}
