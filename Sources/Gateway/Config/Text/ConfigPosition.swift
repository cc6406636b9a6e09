/// A place in a text file as editors count it.
package struct ConfigPosition: Hashable, Sendable {
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int
}
