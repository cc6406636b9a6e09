import Upstreams

/// The health checks of one configuration: a provider each that has one. Of one worker of the process.
struct HealthChecks {
    /// A provider was taken out of use by its check, or is back.
    struct Change: Sendable {
        let upstream: String
        /// Nil: it is back.
        let failure: String?
    }

    private let checks: [HealthCheck]

    /// Begins all of them. Must be made on the loop's thread.
    init(
        _ configuration: Configuration, context: UpstreamContext, table: HealthTable,
        reportingTo supervisor: Mailbox<SupervisorMessage>
    ) {
        checks = configuration.upstreams.compactMap { upstream in
            guard let http = upstream.kind.http, let settings = http.healthCheck else { return nil }
            let name = upstream.name
            return HealthCheck(
                settings, over: context.transport(to: http),
                fields: http.keys.first.map { [http.keyHeader.field($0.exposed)] } ?? [],
                health: table.upstream(name), loop: context.loop
            ) { failure in supervisor.post(.health(Change(upstream: name, failure: failure))) }
        }
    }

    /// All providers are in use again, until somebody else looks after them.
    func end() {
        for check in checks { check.end() }
    }
}
