/// Where completions are kept.
package enum StoreConfiguration: Sendable {
    case memory(MemoryStoreConfiguration)
    case redis(RedisStoreConfiguration)

    /// Bytes of all completions that one process holds.
    package var maxBytes: Int {
        switch self {
        case .memory(let memory): memory.maxBytes
        case .redis(let redis): redis.maxBytes
        }
    }

    static var kinds: [ConfigVariant<Self>] {
        [
            ConfigVariant("memory", doc: "In this process; lost when it ends.") {
                .memory(MemoryStoreConfiguration($0))
            },
            ConfigVariant("redis", doc: "In Redis or Valkey, shared by all replicas.") {
                .redis(RedisStoreConfiguration($0))
            },
        ]
    }
}
