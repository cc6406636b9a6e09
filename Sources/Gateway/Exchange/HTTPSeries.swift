/// The HTTP series of one worker, found without hashing: one place per route, method and scheme.
final class HTTPSeries {
    private let registry: MetricsRegistry
    private var series: [MetricSeries<HTTPKey>?]

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        series = Array(repeating: nil, count: (Route.allCases.count + 1) * HTTPMethod.count * 2)
    }

    /// `route`: nil for requests that none fits.
    func find(_ route: Route?, _ method: HTTPMethod, secure: Bool) -> MetricSeries<HTTPKey> {
        let row = route.map { Int($0.rawValue) } ?? Route.allCases.count
        let place = (row * HTTPMethod.count + Int(method.rawValue)) * 2 + (secure ? 1 : 0)
        if let known = series[place] { return known }
        let fresh = registry.route(
            HTTPKey(method: method.name.description, secure: secure, route: route?.pattern.description))
        series[place] = fresh
        return fresh
    }
}
