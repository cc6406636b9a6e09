/// The file that `keys_file` of the configuration names, as it was read.
package struct NamedKeysFile: Sendable {
    /// Absolute.
    let path: String
    let keys: [KeyConfiguration]
}
