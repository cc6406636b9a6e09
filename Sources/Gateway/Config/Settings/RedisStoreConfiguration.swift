package import Upstreams

/// A store in Redis, which many processes share.
package struct RedisStoreConfiguration: Sendable {
    /// `redis://`, `rediss://` or `unix:`, perhaps with a password; nil: Sentinels are asked.
    package let url: Secret?
    /// What the names of all keys begin with. Default `sluice:`.
    package let prefix: String
    /// Nil (default): the URL's, or the default user.
    package let user: String?
    /// Nil (default): the URL's, or none.
    package let password: Secret?
    /// Absolute path of a PEM file of authorities; nil (default): the system's.
    package let caFile: String?
    /// Nil (default): none.
    package let sentinel: RedisSentinelConfiguration?
    /// Default false.
    package let isCluster: Bool
    /// Milliseconds for name, TCP and TLS together. Default 1,000.
    package let connectTimeout: Int
    /// Milliseconds from sending a command to its reply. Default 250.
    package let commandTimeout: Int
    /// Failures one after another until commands fail without being tried. Default 3.
    package let failureThreshold: Int
    /// Commands of one worker and server that wait. Default 65,536.
    package let maxPending: Int

    /// Milliseconds for which the writer of a completion is believed to live without a sign. Default 5,000.
    package let leaseMs: Int
    /// Bytes of all completions that this process holds, besides those in Redis. Default 268,435,456.
    package internal(set) var maxBytes: Int

    package init(_ r: ConfigReader) {
        url = r.optional(
            "url", .redisURL, example: .string("rediss://cache.example.com:6380/0"),
            doc: "The server, or any node of a cluster: `redis://HOST:PORT/DATABASE`, `rediss://…` for TLS, or "
                + "`unix:PATH`; left out with `sentinel`.")
        prefix = r.value("prefix", .redisPrefix, default: "sluice:", doc: "What the names of all keys begin with.")
        user = r.optional("user", .string(), example: .string("sluice"), doc: "The user; without it the default user.")
        password = r.optional(
            "password", .redisPassword, example: .object([("env", .string("REDIS_PASSWORD"))]), doc: "The password.")
        caFile = r.optional(
            "ca_file", .readableFile, example: .string("certs/redis-ca.pem"),
            doc: "PEM file of the authorities to trust instead of the system's.")
        sentinel = r.optional(
            "sentinel", .object(RedisSentinelConfiguration.init),
            example: .object([
                ("addresses", .array([.string("sentinel-1:26379"), .string("sentinel-2:26379")])),
                ("master", .string("main")),
            ]),
            doc: "Sentinels that know which server is the master.")
        isCluster = r.bool("cluster", default: false, doc: "Whether the server is a node of a Redis Cluster.")
        connectTimeout = r.int(
            "connect_timeout_ms", default: 1000, in: 1...60_000, unit: .milliseconds,
            doc: "Time for name, TCP and TLS together.")
        commandTimeout = r.int(
            "command_timeout_ms", default: 250, in: 1...60_000, unit: .milliseconds,
            doc: "Time from sending a command to its reply.")
        failureThreshold = r.int(
            "failure_threshold", default: 3, in: 1...1000,
            doc: "Failures one after another after which commands fail without being tried, until Redis answers again.")
        maxPending = r.int(
            "max_pending", default: 65_536, in: 1...10_000_000,
            doc: "Commands of one worker that wait at one server; further ones fail.")
        leaseMs = r.milliseconds(
            "lease_ms", default: 5000, in: 300...600_000,
            doc: "How long the writer of a completion is believed to live without a sign, which it gives three times "
                + "as often. Then readers at other replicas are told that it is gone.")
        maxBytes = r.int(
            "max_bytes", default: 268_435_456, in: 1_048_576...1_099_511_627_776, unit: .bytes,
            doc: "Size of all completions together that this process holds, besides those in Redis.")
        if (url == nil) == (sentinel == nil) { r.report("expected either url or sentinel") }
        if isCluster, sentinel != nil { r.report("expected without sentinel", at: "cluster") }
        let settings = url.flatMap { try? RedisSettings(url: $0.exposed) }
        if isCluster, let settings, settings.database != 0 {
            r.report("a cluster has no numbered databases; expected a URL without one", at: "url")
        }
        if user != nil, password == nil { r.report("expected with a password", at: "user") }
    }

    /// What the client takes, for connections that show themselves under `name`.
    package func settings(name: String) -> RedisSettings {
        var settings: RedisSettings
        if let url, let parsed = try? RedisSettings(url: url.exposed) {
            settings = parsed
        } else {
            settings = RedisSettings(address: sentinel?.addresses.first ?? .tcp(host: "localhost", port: 6379))
        }
        if let sentinel {
            settings.isSecure = sentinel.isSecure
            settings.database = sentinel.database
            settings.sentinel = RedisSettings.Sentinel(
                addresses: sentinel.addresses, master: sentinel.master, password: sentinel.password?.exposed)
        }
        settings.user = user ?? settings.user
        settings.password = password?.exposed ?? settings.password
        settings.prefix = prefix
        settings.authoritiesFile = caFile
        settings.isCluster = isCluster
        settings.connectTimeout = connectTimeout
        settings.commandTimeout = commandTimeout
        settings.failureThreshold = failureThreshold
        settings.maxPending = maxPending
        settings.clientName = name
        return settings
    }
}
