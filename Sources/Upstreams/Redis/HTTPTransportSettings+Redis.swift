extension HTTPTransportSettings {
    /// How libcurl makes a bare connection to a Redis server. Its own scheme only tells whether TLS is spoken.
    init(_ address: RedisAddress, _ settings: RedisSettings) {
        let scheme = settings.isSecure ? "https" : "http"
        switch address {
        case .tcp(let host, let port):
            self.init(baseURL: host.contains(":") ? "\(scheme)://[\(host)]:\(port)" : "\(scheme)://\(host):\(port)")
        case .unix(let path):
            self.init(baseURL: "http://localhost")
            unixSocket = path
        }
        connectTimeout = settings.connectTimeout
        authoritiesFile = settings.authoritiesFile
        namesProtocols = false
        version = .http1
    }
}
