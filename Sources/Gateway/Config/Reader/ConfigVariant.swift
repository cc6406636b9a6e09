/// One kind among several, told by an object's `kind` member, and the code that reads its other members.
package struct ConfigVariant<Value> {
    package let name: String
    /// One sentence.
    package let doc: String
    package let read: (ConfigReader) -> Value

    package init(_ name: String, doc: String, _ read: @escaping (ConfigReader) -> Value) {
        self.name = name
        self.doc = doc
        self.read = read
    }

    package var shape: ConfigVariantShape {
        ConfigVariantShape(name: name, doc: doc, fields: ConfigReader.record { _ = read($0) })
    }
}
