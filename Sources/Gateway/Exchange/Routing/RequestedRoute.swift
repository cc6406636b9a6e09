import Policies
import Upstreams

/// What a request asks for, as the configuration and the caller's key understand it.
struct RequestedRoute {
    let route: ModelTable.Route
    /// The model's name for targets that name none: what the client wrote, or what stands for it.
    let model: String
    /// Models that the client itself would take instead, in order.
    var alternatives: [String] = []
    /// Whose requests stay together.
    var user: String?
    /// When the client stops waiting; nil: it does not say.
    var deadline: MonotonicTime?

    /// Names all that decides what answers come.
    func version(of request: CompletionRequest) -> Digest {
        guard !alternatives.isEmpty || model != request.model else { return route.version }
        let names = [route.version.hexadecimal, model] + alternatives
        return SHA256.hash(Array(names.joined(separator: "\n").utf8))
    }
}
