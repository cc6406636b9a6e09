/// One address on which the gateway accepts connections.
package struct ListenerConfiguration: Sendable {
    /// What a listener answers.
    package enum Surface: String, CaseIterable, Sendable {
        /// The clients' paths.
        case api
        /// `GET /metrics`.
        case metrics
        /// `GET /health`, `/v1/health` and `/ready`.
        case health
        /// `/admin/*`.
        case admin
    }

    /// For logs and for policies; unique.
    package let name: String
    package let address: ListenAddress
    /// Nil (default): plain HTTP.
    package let tls: TLSConfiguration?
    /// Default: api and health.
    package let serves: Set<Surface>

    package init(_ r: ConfigReader) {
        name = r.required("name", .string(), example: .string("public"), doc: "For logs and policies; unique.")
        address = r.required(
            "address", .listenAddress, example: .string("127.0.0.1:8080"),
            doc: "IPv4 address and port, or IPv6 address in brackets and port. Port 0: a free one.")
        tls = r.optional("tls", .object(TLSConfiguration.init), doc: "Encryption; without it, plain HTTP.")
        serves = Set(
            r.value(
                "serves", .list(of: .choice(Surface.api), minimum: 1), default: [.api, .health],
                doc: "What is answered here."))
    }
}
