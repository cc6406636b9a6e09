/// A target that may answer a request, with where its calls are counted.
struct Candidate {
    let target: ModelTarget
    let series: MetricSeries<UpstreamKey>
}
