/// One kind among variants, as recorded from the code that reads it.
package struct ConfigVariantShape: Sendable {
    package let name: String
    package let doc: String
    /// Without the member that tells the kind.
    package let fields: [ConfigField]
}
