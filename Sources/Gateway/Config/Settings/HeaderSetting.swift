package import Policies

/// A header that a policy sets.
package struct HeaderSetting: Sendable {
    /// In lower case.
    package let name: String
    package let value: TextTemplate
}
