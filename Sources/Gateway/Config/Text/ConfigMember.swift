/// One named value of an object in the configuration file.
package struct ConfigMember: Sendable {
    package let name: String
    /// Byte offset in the file of the name's opening quote.
    package let nameOffset: Int
    package let node: ConfigNode
}
