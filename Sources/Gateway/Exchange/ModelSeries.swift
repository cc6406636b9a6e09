/// The series of one model and its targets, found once when a configuration is made ready.
struct ModelSeries {
    let requests: MetricSeries<RequestKey>
    /// In the order of the model's targets.
    let targets: [MetricSeries<UpstreamKey>]

    init(_ route: ModelTable.Route, _ registry: MetricsRegistry, provider: (String) -> String) {
        requests = registry.request(RequestKey(dialect: "openai", operation: "chat", model: route.name))
        targets = route.targets.map { target in
            registry.upstream(
                UpstreamKey(
                    upstream: target.upstream, provider: provider(target.upstream), operation: "chat",
                    model: target.model))
        }
    }
}
