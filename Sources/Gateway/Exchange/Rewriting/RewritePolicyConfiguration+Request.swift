package import Policies
package import Upstreams

extension RewritePolicyConfiguration {
    /// The new text of a whole chat request; nil: it is already as it should be.
    package func rewritten(_ root: JSONValue, _ values: PlaceholderValues) -> ByteBuffer? {
        var edits = TextEdits()
        fields.apply(to: root, values, &edits)
        system?.apply(to: root, values, &edits)
        guard !edits.isEmpty else { return nil }
        var output = ByteBuffer()
        edits.write(root.document, to: &output)
        return output
    }
}
