package import Upstreams

/// Sentinels, and what the master is that they watch.
package struct RedisSentinelConfiguration: Sendable {
    /// At least one.
    package let addresses: [RedisAddress]
    /// The name under which they watch it.
    package let master: String
    /// The Sentinels' own; nil (default): none.
    package let password: Secret?
    /// Whether Sentinels and servers speak TLS. Default false.
    package let isSecure: Bool
    /// The number of the master's database. Default 0.
    package let database: Int

    package init(_ r: ConfigReader) {
        addresses = r.required(
            "addresses", .list(of: .redisAddress, minimum: 1), example: .array([.string("sentinel-1:26379")]),
            doc: "The Sentinels, as `HOST:PORT`; the port is 26379 unless it is written.")
        master = r.required(
            "master", .string(), example: .string("main"), doc: "The name under which they watch the master.")
        password = r.optional(
            "password", .redisPassword, example: .object([("env", .string("SENTINEL_PASSWORD"))]),
            doc: "The Sentinels' own password.")
        isSecure = r.bool("tls", default: false, doc: "Whether Sentinels and servers speak TLS.")
        database = r.int("database", default: 0, in: 0...65_535, doc: "The number of the master's database.")
    }
}
