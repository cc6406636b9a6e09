import Upstreams

/// How the upstreams of a configuration are at one moment (`GET /admin/upstreams`). All workers share what is known of
/// them, so that any of them can tell.
struct UpstreamListing {
    /// In the configuration's order.
    let upstreams: [UpstreamCondition]

    init(_ configuration: Configuration, _ table: HealthTable, at now: MonotonicTime) {
        upstreams = configuration.upstreams.map { upstream in
            UpstreamCondition(
                upstream, models: configuration.modelNames(at: upstream.name), table, at: now.wholeMilliseconds)
        }
    }

    func write(to writer: inout JSONWriter, _ clock: MomentInTime) {
        writer.member("object", "list")
        writer.array("data") { list in
            for upstream in upstreams { list.object { upstream.write(to: &$0, clock) } }
        }
    }
}

extension Configuration {
    /// What targets call models at an upstream, each once, in the configuration's order; nil: as clients do.
    fileprivate func modelNames(at upstream: String) -> [String?] {
        var names: [String?] = []
        for target in models.flatMap(\.targets) where target.upstream == upstream && !names.contains(target.model) {
            names.append(target.model)
        }
        return names
    }
}
