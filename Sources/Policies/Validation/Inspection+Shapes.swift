/// Values against their shapes. Recursion follows the shapes, whose depth is fixed, never the client's nesting.
extension Inspection {
    mutating func check(_ node: JSONNode, _ shape: Shape) throws(Enough) {
        switch shape {
        case .anything: return
        case .flag:
            if node.kind != .bool { try mismatch(node, expected: shape.noun) }
        case .integer(let range, let limit): try checkInteger(node, range, limit)
        case .number(let range): try checkNumber(node, range)
        case .text(let rule): try checkText(node, rule)
        case .image:
            images += 1
            try checkText(node, .link)
        case .choice(let words): _ = try checkChoice(node, words)
        case .array(let element, let count, let limit): try checkArray(node, element, count, limit)
        case .map(let rule): try checkMap(node, rule)
        case .object(let shape): try checkObject(node, shape)
        case .variant(let shape): _ = try checkVariant(node, shape)
        case .either(let first, let second):
            let isFirst = first.takes(node.kind)
            guard isFirst || second.takes(node.kind) else { return try mismatch(node, expected: shape.noun) }
            try check(node, isFirst ? first : second)
        case .prompts(let count): try checkPrompts(node, count)
        case .schema(let code): try checkSchema(node, code: code)
        }
    }

    /// The elements of an array, each with `element`; its count first.
    mutating func checkArray(
        _ node: JSONNode, _ element: Shape, _ count: ClosedRange<Int>, _ limit: ValidationLimit? = nil
    ) throws(Enough) {
        guard try checkCount(node, count, most: limit.flatMap(settings.maximum)) else { return }
        var next = node.index + 1
        while next < node.end {
            let child = tree.node(next)
            try check(child, element)
            next = child.end
        }
    }

    /// Whether `node` is an array; its count is checked, too.
    mutating func checkCount(_ node: JSONNode, _ range: ClosedRange<Int>, most: Int? = nil) throws(Enough) -> Bool {
        guard node.kind == .array else {
            try mismatch(node, expected: "an array")
            return false
        }
        let count = node.size
        let highest = min(range.upperBound, most ?? Int.max)
        if count < range.lowerBound {
            try report(count == 0 ? "empty_array" : "array_below_min_length", at: node) {
                "Invalid '\($0)': found \(count) elements, expected at least \(range.lowerBound)."
            }
        } else if count > highest {
            try report("array_above_max_length", at: node) {
                "Invalid '\($0)': found \(count) elements, expected at most \(highest)."
            }
        }
        return true
    }

    /// Gives the fields of the shape that are there and not null, a bit each.
    @discardableResult
    mutating func checkObject(_ node: JSONNode, _ shape: ObjectShape) throws(Enough) -> UInt64 {
        guard node.kind == .object else {
            try mismatch(node, expected: "an object")
            return 0
        }
        let isRoot = node.index == 0
        var present: UInt64 = 0
        var seen: UInt64 = 0
        var named: UInt64 = 0
        var key = node.index + 1
        while key < node.end {
            let value = tree.node(key + 1)
            let place = tree.word(key, in: shape.names)
            if isRoot, validator.hasFieldLists {
                try checkFieldLists(key, isRequired: place.map { shape.required >> UInt64($0) & 1 == 1 })
            }
            if let place {
                let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: place)
                if named & bit != 0 { try reportDuplicate(key) }
                named |= bit
                let isNull = value.kind == .null
                if !isNull {
                    present |= bit
                    try check(value, shape.fields[place].shape)
                }
                if !isNull || shape.fields[place].presence == .requiredOrNull { seen |= bit }
            } else if shape.isClosed, settings.unknownFields == .reject {
                try reportUnknown(key, isRoot: isRoot)
            }
            key = value.end
        }
        let missing = shape.required & ~seen
        if missing != 0 { try reportMissing(node, shape, missing) }
        if shape.oneOf != 0, shape.oneOf & seen == 0 { try reportNone(node, shape) }
        return present
    }

    /// Checks the object with the shape that its tag names, and returns which that is.
    mutating func checkVariant(_ node: JSONNode, _ shape: VariantShape) throws(Enough) -> Int? {
        guard node.kind == .object else {
            try mismatch(node, expected: "an object")
            return nil
        }
        guard let tag = tree.member(shape.tag, of: node) else {
            try report("missing_required_parameter", at: node, member: shape.tagName) {
                "Missing required parameter: '\($0)'. It must be \(Shape.choice(shape.kinds).noun)."
            }
            return nil
        }
        guard let kind = try checkChoice(tag, shape.kinds) else { return nil }
        try checkObject(node, shape.shapes[kind])
        return kind
    }

    mutating func checkMap(_ node: JSONNode, _ rule: MapRule) throws(Enough) {
        guard node.kind == .object else { return try mismatch(node, expected: "an object") }
        if node.size > rule.maxCount {
            try report("object_above_max_properties", at: node) {
                "Invalid '\($0)': found \(node.size) members, expected at most \(rule.maxCount)."
            }
        }
        var key = node.index + 1
        while key < node.end {
            let value = tree.node(key + 1)
            try checkText(tree.node(key), rule.key)
            try check(value, rule.value)
            key = value.end
        }
    }

    // MARK: Fields

    /// The operator's own lists of top-level fields. `isRequired` is nil for a field that the API does not know.
    private mutating func checkFieldLists(_ key: Int, isRequired: Bool?) throws(Enough) {
        if !settings.forbiddenFields.isEmpty, tree.word(key, in: settings.forbiddenFields) != nil {
            return try report("unsupported_parameter", at: tree.node(key)) {
                "Unsupported parameter: '\($0)' must not be used here. Leave it out."
            }
        }
        guard let allowed = settings.allowedFields, isRequired != true, tree.word(key, in: allowed) == nil else {
            return
        }
        try report("unsupported_parameter", at: tree.node(key)) {
            "Unsupported parameter: '\($0)'. Apart from what is required, allowed here are \(allowed.list)."
        }
    }

    private mutating func reportUnknown(_ key: Int, isRoot: Bool) throws(Enough) {
        if isRoot, let allowed = settings.allowedFields, tree.word(key, in: allowed) != nil { return }
        try report("unknown_parameter", at: tree.node(key)) {
            "Unknown parameter: '\($0)'. Leave it out or check its spelling."
        }
    }

    private mutating func reportDuplicate(_ key: Int) throws(Enough) {
        try report("duplicate_key", at: tree.node(key)) { "Parameter '\($0)' is there more than once. Send it once." }
    }

    private mutating func reportMissing(_ node: JSONNode, _ shape: ObjectShape, _ missing: UInt64) throws(Enough) {
        for (place, field) in shape.fields.enumerated() where missing >> UInt64(place) & 1 == 1 {
            try report("missing_required_parameter", at: node, member: field.name) {
                "Missing required parameter: '\($0)'. It must be \(field.shape.noun)."
            }
        }
    }

    private mutating func reportNone(_ node: JSONNode, _ shape: ObjectShape) throws(Enough) {
        let names = shape.fields.enumerated().filter { shape.oneOf >> UInt64($0.offset) & 1 == 1 }.map(\.element.name)
        try report("missing_required_parameter", at: node, member: names.first) {
            "Missing required parameter: '\($0)'. One of \(Vocabulary(names).list) must be there."
        }
    }
}
