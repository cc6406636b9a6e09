/// Where completions are kept.
package enum StoreConfiguration: Sendable {
    case memory(MemoryStoreConfiguration)

    /// Bytes of all completions that one process holds.
    package var maxBytes: Int {
        switch self {
        case .memory(let memory): memory.maxBytes
        }
    }

    static var kinds: [ConfigVariant<Self>] {
        [
            ConfigVariant("memory", doc: "In this process; lost when it ends.") {
                .memory(MemoryStoreConfiguration($0))
            }
        ]
    }
}
