/// Values against their shapes. Recursion follows the shapes, whose depth is fixed, never the client's nesting.
extension Inspection {
    mutating func check(_ node: Int, _ shape: Shape) throws(Enough) {
        switch shape {
        case .anything: return
        case .flag:
            if tree.kind(of: node) != .bool { try mismatch(node, expected: shape.noun) }
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
            let kind = tree.kind(of: node)
            guard first.takes(kind) || second.takes(kind) else { return try mismatch(node, expected: shape.noun) }
            try check(node, first.takes(kind) ? first : second)
        case .prompts(let count): try checkPrompts(node, count)
        case .schema(let code): try checkSchema(node, code: code)
        }
    }

    /// The elements of an array, each with `element`; its count first.
    mutating func checkArray(
        _ node: Int, _ element: Shape, _ count: ClosedRange<Int>, _ limit: ValidationLimit? = nil
    ) throws(Enough) {
        guard try checkCount(node, count, most: limit.flatMap(settings.maximum)) else { return }
        let end = tree.end(of: node)
        var child = node + 1
        while child < end {
            try check(child, element)
            child = tree.end(of: child)
        }
    }

    /// Whether `node` is an array; its count is checked, too.
    mutating func checkCount(_ node: Int, _ range: ClosedRange<Int>, most: Int? = nil) throws(Enough) -> Bool {
        guard tree.kind(of: node) == .array else {
            try mismatch(node, expected: "an array")
            return false
        }
        let count = tree.count(of: node)
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
    mutating func checkObject(_ node: Int, _ shape: ObjectShape) throws(Enough) -> UInt64 {
        guard tree.kind(of: node) == .object else {
            try mismatch(node, expected: "an object")
            return 0
        }
        let isRoot = node == 0
        var present: UInt64 = 0
        var seen: UInt64 = 0
        var named: UInt64 = 0
        let end = tree.end(of: node)
        var key = node + 1
        while key < end {
            let place = tree.word(key, in: shape.names)
            if isRoot { try checkFieldLists(key, isRequired: place.map { shape.required >> UInt64($0) & 1 == 1 }) }
            if let place {
                let bit: UInt64 = 1 << UInt64(place)
                if named & bit != 0 { try reportDuplicate(key) }
                named |= bit
                let isNull = tree.kind(of: key + 1) == .null
                if !isNull {
                    present |= bit
                    try check(key + 1, shape.fields[place].shape)
                }
                if !isNull || shape.fields[place].presence == .requiredOrNull { seen |= bit }
            } else if shape.isClosed, settings.unknownFields == .reject {
                try reportUnknown(key, isRoot: isRoot)
            }
            key = tree.end(of: key + 1)
        }
        let missing = shape.required & ~seen
        if missing != 0 { try reportMissing(node, shape, missing) }
        if shape.oneOf != 0, shape.oneOf & seen == 0 { try reportNone(node, shape) }
        return present
    }

    /// Checks the object with the shape that its tag names, and returns which that is.
    mutating func checkVariant(_ node: Int, _ shape: VariantShape) throws(Enough) -> Int? {
        guard tree.kind(of: node) == .object else {
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

    mutating func checkMap(_ node: Int, _ rule: MapRule) throws(Enough) {
        guard tree.kind(of: node) == .object else { return try mismatch(node, expected: "an object") }
        let count = tree.count(of: node)
        if count > rule.maxCount {
            try report("object_above_max_properties", at: node) {
                "Invalid '\($0)': found \(count) members, expected at most \(rule.maxCount)."
            }
        }
        let end = tree.end(of: node)
        var key = node + 1
        while key < end {
            try checkText(key, rule.key)
            try check(key + 1, rule.value)
            key = tree.end(of: key + 1)
        }
    }

    // MARK: Fields

    /// The operator's own lists of top-level fields. `isRequired` is nil for a field that the API does not know.
    private mutating func checkFieldLists(_ key: Int, isRequired: Bool?) throws(Enough) {
        if !settings.forbiddenFields.isEmpty, tree.word(key, in: settings.forbiddenFields) != nil {
            return try report("unsupported_parameter", at: key) {
                "Unsupported parameter: '\($0)' must not be used here. Leave it out."
            }
        }
        guard let allowed = settings.allowedFields, isRequired != true, tree.word(key, in: allowed) == nil else {
            return
        }
        try report("unsupported_parameter", at: key) {
            "Unsupported parameter: '\($0)'. Apart from what is required, allowed here are \(allowed.list)."
        }
    }

    private mutating func reportUnknown(_ key: Int, isRoot: Bool) throws(Enough) {
        if isRoot, let allowed = settings.allowedFields, tree.word(key, in: allowed) != nil { return }
        try report("unknown_parameter", at: key) { "Unknown parameter: '\($0)'. Leave it out or check its spelling." }
    }

    private mutating func reportDuplicate(_ key: Int) throws(Enough) {
        try report("duplicate_key", at: key) { "Parameter '\($0)' is there more than once. Send it once." }
    }

    private mutating func reportMissing(_ node: Int, _ shape: ObjectShape, _ missing: UInt64) throws(Enough) {
        for (place, field) in shape.fields.enumerated() where missing >> UInt64(place) & 1 == 1 {
            try report("missing_required_parameter", at: node, member: field.name) {
                "Missing required parameter: '\($0)'. It must be \(field.shape.noun)."
            }
        }
    }

    private mutating func reportNone(_ node: Int, _ shape: ObjectShape) throws(Enough) {
        let names = shape.fields.enumerated().filter { shape.oneOf >> UInt64($0.offset) & 1 == 1 }.map(\.element.name)
        try report("missing_required_parameter", at: node, member: names.first) {
            "Missing required parameter: '\($0)'. One of \(Vocabulary(names).list) must be there."
        }
    }
}
