/// Where completions are kept.
package enum StoreConfiguration: Sendable {
    case memory(MemoryStoreConfiguration)

    static var kinds: [ConfigVariant<Self>] {
        [
            ConfigVariant("memory", doc: "In this process; lost when it ends.") {
                .memory(MemoryStoreConfiguration($0))
            }
        ]
    }
}
