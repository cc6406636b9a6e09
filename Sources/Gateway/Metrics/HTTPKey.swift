/// Labels of requests as HTTP, in the words of the OpenTelemetry HTTP conventions.
struct HTTPKey: MetricKey {
    typealias Values = HTTPValues

    /// A standard method, else `_OTHER`.
    let method: String
    /// `http` or `https`.
    let scheme: String
    /// The pattern of the route that matched, such as `/v1/models/{id}`.
    let route: String

    /// - Parameters:
    ///   - method: any method; those that RFC 9110 and RFC 5789 do not name become `_OTHER`.
    ///   - route: the router's own pattern, never the path that was asked for; nil if none matched.
    init(method: String, secure: Bool, route: String?) {
        switch method {
        case "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE": self.method = method
        default: self.method = "_OTHER"
        }
        scheme = secure ? "https" : "http"
        self.route = route ?? "other"
    }

    static let other = Self(method: "_OTHER", secure: false, route: nil)
}
