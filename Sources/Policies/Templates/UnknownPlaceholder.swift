/// A word in braces that is no placeholder.
package struct UnknownPlaceholder: Error, Hashable, Sendable {
    /// Without the braces.
    package let word: String
}
