/// A type of value in the configuration: how it is read, and what the schema says about it.
///
/// One description serves both, so that the two cannot disagree. It never holds a value of the file.
package struct ConfigType<Value> {
    /// What the schema says; only evaluated while recording.
    package let shape: () -> ConfigShape
    /// Reads a value of the file; nil after reporting why it cannot.
    package let read: (ConfigPlace) -> Value?
    /// Stands in for a value that could not be read, so that reading goes on and finds further mistakes. No
    /// configuration that loads ever holds it.
    package let placeholder: () -> Value
    /// A default as the schema shows it; nil where it cannot be shown in one value.
    package let json: (Value) -> ConfigJSON?

    package init(
        shape: @escaping () -> ConfigShape,
        placeholder: @escaping @autoclosure () -> Value,
        json: @escaping (Value) -> ConfigJSON? = { _ in nil },
        read: @escaping (ConfigPlace) -> Value?
    ) {
        self.shape = shape
        self.read = read
        self.placeholder = placeholder
        self.json = json
    }
}
