extension Inspection {
    mutating func mismatch(_ node: JSONNode, expected: String) throws(Enough) {
        let found = node.kind.noun
        try report("invalid_type", at: node) { "Invalid type for '\($0)': expected \(expected), found \(found)." }
    }

    mutating func checkInteger(_ node: JSONNode, _ range: ClosedRange<Int>, _ limit: ValidationLimit?) throws(Enough) {
        guard let value = tree.integer(node.index) else { return try mismatch(node, expected: "an integer") }
        let highest = min(range.upperBound, limit.flatMap(settings.maximum) ?? Int.max)
        if value < range.lowerBound {
            try report("integer_below_min_value", at: node) {
                "Invalid '\($0)': found \(value), expected an integer of at least \(range.lowerBound)."
            }
        } else if value > highest {
            try report("integer_above_max_value", at: node) {
                "Invalid '\($0)': found \(value), expected an integer of at most \(highest)."
            }
        }
    }

    mutating func checkNumber(_ node: JSONNode, _ range: ClosedRange<Double>) throws(Enough) {
        guard node.kind == .number || node.kind == .integer else { return try mismatch(node, expected: "a number") }
        guard let value = tree.number(node.index) else {
            return try report("invalid_value", at: node) {
                "Invalid '\($0)': found a number beyond all range, "
                    + "expected one from \(range.lowerBound) to \(range.upperBound)."
            }
        }
        guard !range.contains(value) else { return }
        let isLow = value < range.lowerBound
        try report(isLow ? "decimal_below_min_value" : "decimal_above_max_value", at: node) {
            "Invalid '\($0)': found \(value), expected a number from \(range.lowerBound) to \(range.upperBound)."
        }
    }

    mutating func checkText(_ node: JSONNode, _ rule: TextRule) throws(Enough) {
        guard node.kind == .string else { return try mismatch(node, expected: "a string") }
        if rule.isPrompt { textBytes += node.size }
        if node.size == 0, rule.length.lowerBound > 0 {
            try report("empty_string", at: node) { "Invalid '\($0)': found an empty string, expected some text." }
        } else if node.size > rule.length.upperBound {
            try checkLength(node, rule.length.upperBound)
        }
        guard let pattern = rule.pattern, node.size > 0 else { return }
        var isRight = true
        tree.withText(of: node.index) { isRight = pattern.fits($0) }
        guard !isRight else { return }
        let found = tree.text(of: node.index, limit: 64)
        try report("invalid_value", at: node) { "Invalid '\($0)': found '\(found)', expected \(pattern.meaning)." }
    }

    /// For strings with more bytes than scalars are allowed.
    private mutating func checkLength(_ node: JSONNode, _ highest: Int) throws(Enough) {
        var scalars = 0
        tree.withText(of: node.index) { bytes in
            for i in 0..<bytes.count where bytes[i] & 0xC0 != 0x80 { scalars += 1 }
        }
        guard scalars > highest else { return }
        try report("string_above_max_length", at: node) {
            "Invalid '\($0)': found \(scalars) characters, expected at most \(highest)."
        }
    }

    /// The place of the word that the value is.
    mutating func checkChoice(_ node: JSONNode, _ words: Vocabulary) throws(Enough) -> Int? {
        if let place = tree.word(node.index, in: words) { return place }
        guard node.kind == .string else {
            try mismatch(node, expected: Shape.choice(words).noun)
            return nil
        }
        let found = tree.text(of: node.index, limit: 64)
        try report("invalid_value", at: node) {
            "Invalid '\($0)': found '\(found)', supported: \(words.list)."
        }
        return nil
    }

    /// What legacy completions and embeddings take: text, tokens, or several of either.
    mutating func checkPrompts(_ node: JSONNode, _ count: ClosedRange<Int>) throws(Enough) {
        guard node.kind == .array else {
            return try check(node, .either(.prompt, .array(of: .anything, count: count)))
        }
        guard node.size > 0 else { return _ = try checkCount(node, 1...Int.max) }
        // The first element tells what the others must be. The tokens of one text are bounded by the model alone.
        switch tree.node(node.index + 1).kind {
        case .integer: try checkArray(node, Self.token, 1...Int.max)
        case .array: try checkArray(node, .array(of: Self.token, count: 1...Int.max), count)
        default: try checkArray(node, .prompt, count)
        }
    }

    private static let token = Shape.integer(0...Int(Int32.max))
}
