import Upstreams

/// The name of a claim. A dot leads into an object: `realm.roles` is `roles` inside of `realm`, unless the token has a
/// claim of the whole name (as `https://example.com/team`, which has dots of its own).
package struct ClaimName: Hashable, Sendable {
    package let text: String
    private let steps: [String]

    package init(_ text: String) {
        self.text = text
        steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    }

    /// The claim's value; nil if it is missing or null.
    func find(in claims: JSONValue) -> JSONValue? {
        if let whole = claims[named: text] { return whole.isNull ? nil : whole }
        guard steps.count > 1 else { return nil }
        var value = claims
        for step in steps {
            guard let next = value[named: step] else { return nil }
            value = next
        }
        return value.isNull ? nil : value
    }
}
