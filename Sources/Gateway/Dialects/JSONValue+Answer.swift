import Upstreams

/// What is read of answers in the canonical form, whole or in chunks.
extension JSONValue {
    /// Whether this choice is of the answer that all dialects tell: the first, or one without a number.
    var isFirstChoice: Bool { self["index"]?.int ?? 0 == 0 }

    /// A count of tokens, bounded; 0 for what is none.
    static func tokens(_ value: JSONValue?) -> Int { min(max(value?.int ?? 0, 0), 1 << 31) }
}
