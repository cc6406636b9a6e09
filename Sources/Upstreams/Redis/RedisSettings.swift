/// How to reach Redis, and how long it may take. Made from the configuration alone.
package struct RedisSettings: Sendable {
    /// How a group of Sentinels is asked for the present master.
    package struct Sentinel: Sendable, Equatable {
        /// At least one.
        package var addresses: [RedisAddress]
        /// The name under which they watch the master.
        package var master: String
        /// The Sentinels' own; nil: none.
        package var password: String?

        package init(addresses: [RedisAddress], master: String, password: String? = nil) {
            self.addresses = addresses
            self.master = master
            self.password = password
        }
    }

    /// The server; with `cluster` one of its nodes. Not looked at with `sentinel`.
    package var address: RedisAddress
    /// Whether TLS is spoken, with the server's certificate and name checked.
    package var isSecure = false
    /// Nil: the default user.
    package var user: String?
    /// Nil: none is sent.
    package var password: String?
    /// The number of the database; 0 with `isCluster`.
    package var database = 0
    /// What the names of all keys begin with. The client does not add it: whoever names keys does.
    package var prefix = ""
    /// PEM file of the authorities to trust; nil: the system's.
    package var authoritiesFile: String?
    /// Milliseconds for name, TCP and TLS together.
    package var connectTimeout = 1000
    /// Milliseconds from sending a command to its reply.
    package var commandTimeout = 250
    /// Nil: `address` is used.
    package var sentinel: Sentinel?
    package var isCluster = false
    /// Under which the server's `CLIENT LIST` shows the connections; visible ASCII without spaces.
    package var clientName = "sluice"
    /// Commands of one server that wait to be sent or for their replies; further ones fail at once.
    package var maxPending = 65_536
    /// Failures one after another until commands fail without being tried.
    package var failureThreshold = 3
    /// Milliseconds between two attempts to connect: the first pause, which doubles, and the longest.
    package var backoff = RedisBackoff.Limits(first: 20, longest: 500)

    package init(address: RedisAddress) { self.address = address }
}
