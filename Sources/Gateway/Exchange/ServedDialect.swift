import Upstreams

/// A dialect as one worker serves it: with its figures, model by model, which are found without hashing.
final class ServedDialect {
    /// Nil: what it is asked is no single completion.
    let dialect: (any Dialect)?
    let name: String
    private let operation: ModelOperation
    private let registry: MetricsRegistry
    /// In the order of the models' routes; made as they are used.
    private var series: [MetricSeries<RequestKey>?]

    init(
        _ dialect: (any Dialect)?, name: String, operation: ModelOperation = .chat, models: Int,
        _ registry: MetricsRegistry
    ) {
        self.dialect = dialect
        self.name = name
        self.operation = dialect?.operation ?? operation
        self.registry = registry
        series = Array(repeating: nil, count: models)
    }

    /// The figures of requests for a model; nil: for none that there is.
    func series(of route: ModelTable.Route?) -> MetricSeries<RequestKey> {
        if let route, let known = series[route.index] { return known }
        let key = RequestKey(dialect: name, operation: operation.rawValue, model: route?.name)
        let found = registry.request(key)
        if let route { series[route.index] = found }
        return found
    }
}
