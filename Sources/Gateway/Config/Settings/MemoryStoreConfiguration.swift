/// A store in the process's own memory.
package struct MemoryStoreConfiguration: Sendable {
    /// Bytes of all completions together. Default 268,435,456.
    package let maxBytes: Int

    package init(_ r: ConfigReader) {
        maxBytes = r.int(
            "max_bytes", default: 268_435_456, in: 1_048_576...1_099_511_627_776, unit: .bytes,
            doc: "Size of all completions together.")
    }
}
