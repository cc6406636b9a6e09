/// A target that may answer a request, with where its calls are counted.
struct Candidate {
    let target: ModelTarget
    let series: MetricSeries<UpstreamKey>
    /// The model's name at the provider; nil: as the client wrote it.
    let model: String?
}
