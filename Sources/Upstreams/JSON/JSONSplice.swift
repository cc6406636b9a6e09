/// Edits of an object's text. Every byte that is not edited is written as it was: order, white space, numbers and
/// unknown members.
///
/// Owns the new values. One splice may be written many times, onto any document; `removeAll` makes it new again and
/// keeps its memory. A later edit of a path takes the place of an earlier one. Editing a member both as a whole and
/// inside is a bug.
package struct JSONSplice: ~Copyable {
    struct Edit {
        let key: StaticString
        let inner: StaticString?
        /// Where the new value stands in `values`; `nil` removes the member.
        let value: Range<Int>?

        func isOf(_ key: StaticString) -> Bool { self.key.equals(key) }
        func isOf(_ key: StaticString, _ inner: StaticString?) -> Bool {
            guard isOf(key) else { return false }
            guard let inner, let own = self.inner else { return inner == nil && self.inner == nil }
            return own.equals(inner)
        }
    }

    private(set) var edits: [Edit] = []
    private var values = ByteBuffer()

    package init() {}

    package var isEmpty: Bool { edits.isEmpty }

    /// Gives the member the value `raw`, which is JSON; a missing member is added at the end. With `inner` the edit is
    /// of that member's own member, and what is not an object there becomes one.
    package mutating func set(_ key: StaticString, _ inner: StaticString? = nil, raw: RawSpan) {
        let start = values.count
        values.append(raw)
        add(key, inner, start..<values.count)
    }

    /// The same with a scalar.
    package mutating func set<Value: JSONWritable>(
        _ key: StaticString, _ inner: StaticString? = nil, to value: Value
    ) {
        let start = values.count
        value.writeJSON(to: &values)
        add(key, inner, start..<values.count)
    }

    /// Removes the member, if there is one.
    package mutating func remove(_ key: StaticString, _ inner: StaticString? = nil) {
        add(key, inner, nil)
    }

    package mutating func removeAll() {
        edits.removeAll(keepingCapacity: true)
        values.removeAll()
    }

    func appendValue(_ range: Range<Int>, to output: inout ByteBuffer) {
        values.withBytes { output.append($0.extracting(range)) }
    }

    private mutating func add(_ key: StaticString, _ inner: StaticString?, _ value: Range<Int>?) {
        for other in edits where other.isOf(key) {
            precondition((other.inner == nil) == (inner == nil), "a member edited as a whole and inside")
        }
        edits.removeAll { $0.isOf(key, inner) }
        edits.append(Edit(key: key, inner: inner, value: value))
    }
}
