/// How to reach one provider. Made from the configuration alone: no client can choose a host.
package struct HTTPTransportSettings: Sendable {
    package enum Version: Sendable {
        /// HTTP/2 where TLS offers it, else HTTP/1.1.
        case automatic
        case http1
        case http2
    }

    /// `http` or `https`, without a slash at its end; paths are appended.
    package var baseURL: String
    /// Sent with every call, before the call's own.
    package var fields: [HTTPField] = []
    /// Milliseconds for name, TCP and TLS together.
    package var connectTimeout = 5000
    /// URL of a proxy; nil: none, whatever the environment says.
    package var proxy: String?
    /// Hosts which are reached without the proxy, comma-separated.
    package var proxyExceptions: String?
    /// PEM file of the authorities to trust; nil: the system's.
    package var authoritiesFile: String?
    /// Whether the provider's certificate is checked.
    package var verifiesCertificate = true
    package var version = Version.automatic
    /// Path of a socket of this machine that is connected to instead of the URL's host; nil: none.
    var unixSocket: String?
    /// Whether TLS names the protocols that are spoken on it (RFC 7301); not where something else than HTTP is.
    var namesProtocols = true
    /// Whether the host may turn out to be on this machine or in a private network. If not, the address is looked at
    /// after the name was resolved, before a connection is made or used again.
    package var allowsPrivateAddresses = true

    package init(baseURL: String) { self.baseURL = baseURL }
}
