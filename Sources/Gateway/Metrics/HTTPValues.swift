/// What is counted for HTTP requests of one method and route.
struct HTTPValues: MetricValues {
    /// Requests being served now.
    private(set) var active = 0
    private(set) var durations: [(status: Int, duration: Histogram<Buckets.HTTPDuration>)] = []

    /// The head of a request was read.
    mutating func began() { active += 1 }

    /// The response to a request that had begun was written, or given up; `status` is clamped to 100…599.
    mutating func ended(status: Int, nanoseconds: Int) {
        active -= 1
        let status = min(max(status, 100), 599)
        for index in durations.indices where durations[index].status == status {
            return durations[index].duration.record(nanoseconds)
        }
        durations.append((status, Histogram()))
        durations[durations.count - 1].duration.record(nanoseconds)
    }

    func emit(_ key: HTTPKey, into page: inout MetricSamples) {
        page.add(.httpActiveRequests, [key.method, key.scheme], active)
        for (status, duration) in durations {
            let labels = [key.method, key.scheme, key.route, String(status)]
            page.add(.httpRequestDuration, labels, duration.distribution)
        }
    }
}
