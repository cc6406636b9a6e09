/// One member of an object of the configuration, as recorded from the code that reads it.
package struct ConfigField: Sendable {
    package enum Presence: Sendable {
        case required
        /// May be missing or null, which means none.
        case optional
        /// May be missing, and then has that value.
        case defaulted(ConfigJSON?)
    }

    package let name: String
    /// One or two sentences.
    package let doc: String
    package let shape: ConfigShape
    package let presence: Presence
    /// A value to show where the default does not serve as one.
    package let example: ConfigJSON?
}
