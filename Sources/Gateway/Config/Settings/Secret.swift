/// A value that must not be seen: it describes itself as `***`, also inside of other values.
package struct Secret: Hashable, Sendable {
    /// The value itself, for the one place that uses it. Never log it and never put it into an error.
    package let exposed: String

    package init(_ value: String) {
        exposed = value
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { "***" }
    /// Without children, so that `dump` shows nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
